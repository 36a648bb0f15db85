// What a checked heap says when something is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace allot_test {

struct heap_complaint : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void demand(bool condition, const char* complaint) {
    if (!condition) throw heap_complaint(complaint);
}

inline std::size_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

}  // namespace allot_test
