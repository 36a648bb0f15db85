// The position of the lowest and of the highest set bit.
//
// Where the target has no instruction for it, `std::countr_zero` becomes a call into libgcc (rv64 without Zbb,
// armv6-m). Define ALLOT_PORTABLE_BITS as 1 to use the shift ladder below instead and link with nothing at all.
//
// Guarantees: constexpr, O(log bits), both versions agree on every input but 0, which neither accepts.
#pragma once

#include <allot/base/config.hpp>

#include <bit>
#include <cstddef>

#ifndef ALLOT_PORTABLE_BITS
#define ALLOT_PORTABLE_BITS 0
#endif

namespace allot::detail {

inline constexpr unsigned word_bits = sizeof(std::size_t) * 8;

/// `highest_bit` by halving: no instruction and no library call needed. Pre: `value != 0`.
constexpr unsigned highest_bit_by_halving(std::size_t value) noexcept {
    unsigned position = 0;
    for (unsigned half = word_bits / 2; half != 0; half /= 2) {
        if ((value >> half) != 0) {
            value >>= half;
            position += half;
        }
    }
    return position;
}

/// The position of the highest set bit, 0 for the value 1. Pre: `value != 0`.
ALLOT_INLINE constexpr unsigned highest_bit(std::size_t value) noexcept {
#if ALLOT_PORTABLE_BITS
    return highest_bit_by_halving(value);
#else
    return word_bits - 1 - static_cast<unsigned>(std::countl_zero(value));
#endif
}

/// The position of the lowest set bit. Pre: `value != 0`.
ALLOT_INLINE constexpr unsigned lowest_bit(std::size_t value) noexcept {
#if ALLOT_PORTABLE_BITS
    return highest_bit_by_halving(value & (~value + 1));
#else
    return static_cast<unsigned>(std::countr_zero(value));
#endif
}

}  // namespace allot::detail
