// Failure where null is no answer, with exceptions and without.
//
// Guarantees: nothing here needs the unwinder of a freestanding program: there, failure is a trap.
#pragma once

#include <allot/base/assert.hpp>
#include <allot/base/config.hpp>

#define ALLOT_THROWS (ALLOT_HOSTED && ALLOT_EXCEPTIONS)

namespace allot::detail {

/// Throws an `Exception` where exceptions exist, traps elsewhere.
template <class Exception>
[[noreturn]] ALLOT_COLD void throw_or_trap() {
#if ALLOT_THROWS
    throw Exception();
#else
    trap();
#endif
}

/// Calls `function` and forgets what it throws.
template <class Function>
void call_swallowing_exceptions(Function&& function) noexcept {
#if ALLOT_THROWS
    try {
        function();
    } catch (...) {  // whatever it was: the caller promised its own caller silence
    }
#else
    function();
#endif
}

}  // namespace allot::detail
