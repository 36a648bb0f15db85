// Random numbers that are cheap beside an allocation, for streams that are drawn while the clock runs.
#pragma once

#include "support/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace bench {

/// Xorshift.
class quick_random {
public:
    explicit quick_random(random& dice) : state_{UINT64_C(88'172'645'463'325'252) + dice.below(1 << 20)} {}

    std::size_t below(std::size_t end) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return static_cast<std::size_t>((state_ >> 32) * end >> 32);
    }

private:
    std::uint64_t state_;
};

/// Request sizes of some distribution, drawn beforehand.
class drawn_sizes {
public:
    template <class Draw>
    drawn_sizes(random& dice, Draw draw) {
        for (std::uint32_t& bytes : sizes_) bytes = draw(dice);
    }

    std::uint32_t any(quick_random& dice) const { return sizes_[dice.below(sizes_.size())]; }

private:
    std::array<std::uint32_t, 4096> sizes_{};
};

}  // namespace bench
