// Powers of two and multiples of them, on plain numbers.
//
// Guarantees: constexpr, branch-free, no overflow check: the caller has made sure that the result fits
// (`align_up` wraps like any unsigned sum).
#pragma once

#include <allot/base/config.hpp>

#include <cstddef>

namespace allot::detail {

/// True for 1, 2, 4, ...; false for 0.
constexpr bool is_power_of_two(std::size_t value) noexcept { return value != 0 && (value & (value - 1)) == 0; }

/// The largest multiple of `alignment` that is at most `value`. Pre: `alignment` is a power of two.
ALLOT_INLINE constexpr std::size_t align_down(std::size_t value, std::size_t alignment) noexcept {
    return value & ~(alignment - 1);
}

/// The smallest multiple of `alignment` that is at least `value`. Pre: `alignment` is a power of two.
ALLOT_INLINE constexpr std::size_t align_up(std::size_t value, std::size_t alignment) noexcept {
    return align_down(value + (alignment - 1), alignment);
}

/// True if `value` is a multiple of `alignment`. Pre: `alignment` is a power of two.
ALLOT_INLINE constexpr bool is_aligned(std::size_t value, std::size_t alignment) noexcept {
    return (value & (alignment - 1)) == 0;
}

}  // namespace allot::detail
