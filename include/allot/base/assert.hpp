// The end of the road: what the library does when it must not return.
//
// Guarantees: no libc, no unwinding; the trap is one instruction and a debugger stops on it.
#pragma once

#include <allot/base/config.hpp>

namespace allot::detail {

/// Stops the program where it stands. Never returns.
[[noreturn]] ALLOT_INLINE void trap() noexcept { __builtin_trap(); }

}  // namespace allot::detail
