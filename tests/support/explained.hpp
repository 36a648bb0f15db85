// What a heap says of itself, as a string.
#pragma once

#include <allot/diagnostics/explain.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

namespace allot_test {

inline std::string as_written(const void* address) {
    char text[32];
    std::snprintf(text, sizeof text, "0x%zx", reinterpret_cast<std::uintptr_t>(address));
    return text;
}

template <class Heap>
std::string explained(const Heap& heap, const allot::corruption_report& report) {
    std::string text;
    allot::explain(heap, report, [&](char character) { text += character; });
    return text;
}

template <class Heap>
std::string explained_failure(const Heap& heap, std::size_t bytes, std::size_t alignment = Heap::default_alignment) {
    std::string text;
    allot::explain_failure(heap, bytes, alignment, [&](char character) { text += character; });
    return text;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace allot_test
