// Numbers that look random and repeat with their seed: xorshift32, G. Marsaglia, "Xorshift RNGs", 2003.
#pragma once

#include <cstdint>

namespace kernel {

class random {
public:
    /// Zero is the one state that xorshift cannot leave.
    constexpr explicit random(std::uint32_t seed) noexcept : state_(seed != 0 ? seed : 1) {}

    constexpr std::uint32_t next() noexcept {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 17;
        state_ ^= state_ << 5;
        return state_;
    }

    /// A number in [0, limit), without a division: the Cortex-M3 would need many cycles for one.
    constexpr std::uint32_t below(std::uint32_t limit) noexcept {
        return static_cast<std::uint32_t>(std::uint64_t{next()} * limit >> 32);
    }

private:
    std::uint32_t state_;
};

}  // namespace kernel
