// Tells AddressSanitizer and valgrind what the heap may touch, so that they see what guard bytes cannot: reads.
//
//     outside of every region        forbidden        a read or a write is an error
//     a payload just handed out      undefined        a decision that depends on it is an error (valgrind)
//     a payload just given back      undefined        ... so is one on what a caller left there
//
// Guarantees: nothing happens where neither tool is at work.
#pragma once

#include "support/sanitizer.hpp"

#include <valgrind/memcheck.h>

#include <cstddef>

#ifdef ALLOT_TEST_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace fuzz {

#ifdef ALLOT_TEST_ASAN
inline void poison(const void* at, std::size_t bytes) { __asan_poison_memory_region(at, bytes); }
inline void unpoison(const void* at, std::size_t bytes) { __asan_unpoison_memory_region(at, bytes); }
#else
inline void poison(const void*, std::size_t) {}
inline void unpoison(const void*, std::size_t) {}
#endif

inline void mark_forbidden(const void* at, std::size_t bytes) {
    poison(at, bytes);
    static_cast<void>(VALGRIND_MAKE_MEM_NOACCESS(at, bytes));
}

inline void mark_undefined(const void* at, std::size_t bytes) {
    unpoison(at, bytes);
    static_cast<void>(VALGRIND_MAKE_MEM_UNDEFINED(at, bytes));
}

inline void mark_defined(const void* at, std::size_t bytes) {
    unpoison(at, bytes);
    static_cast<void>(VALGRIND_MAKE_MEM_DEFINED(at, bytes));
}

/// While it lives, valgrind says nothing: the harness looks at bytes that no program may depend on.
class quiet {
public:
    quiet() { VALGRIND_DISABLE_ERROR_REPORTING; }
    ~quiet() { VALGRIND_ENABLE_ERROR_REPORTING; }
    quiet(const quiet&) = delete;
    quiet& operator=(const quiet&) = delete;
};

}  // namespace fuzz
