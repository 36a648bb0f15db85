// Which lane of a locked heap a thread uses, where the traits do not say it better.
//
//     stack of thread A   0x7f12'a380'1ea0  >> 14   -->  hint  --.
//     stack of thread B   0x7f12'a300'0ea0  >> 14   -->  hint  ---+-->  one of `Traits::lanes` lanes
//
// The law of `Traits::lane_hint`: any number, told in a few instructions; good is one that differs between threads that
// run at the same time and stays the same within each. Nothing but speed depends on it. A kernel returns the number of
// its core; without such a number the stack tells threads apart: no two share one.
//
// Guarantees: no state, no thread-local storage, no system call.
#pragma once

#include <allot/memory/direct.hpp>

#include <cstddef>

namespace allot::detail {

/// An address in the frame of the caller: on its stack, even where a sanitizer keeps local objects elsewhere.
ALLOT_INLINE std::size_t stack_address() noexcept { return direct_memory::address_of(__builtin_frame_address(0)); }

/// The number of the 16 KiB window that the caller's stack is in.
ALLOT_INLINE std::size_t stack_window() noexcept {
    constexpr unsigned window_bits = 14;
    return direct_memory::address_of(__builtin_frame_address(0)) >> window_bits;
}

}  // namespace allot::detail
