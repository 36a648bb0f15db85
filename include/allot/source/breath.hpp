// How far a heap goes down and comes up again, by what callers own: memory that is free at its lowest is about to be used again.
//
//     high   __          __            way down: high - low
//              \        /  \           way up:   the next high - low
//               \__/\__/    \__        breath:   the smaller of the two, of the largest of late
//     low
//
// A way turns where it has gone back by an eighth of the highest, and by 256 KiB at least. What has not been seen again while
// sixteen times as much came back, or as much as a word can count, counts half.
//
// Guarantees: constexpr, O(1), plain numbers.
#pragma once

#include <allot/base/config.hpp>

#include <cstddef>

namespace allot::detail {

class breath {
public:
    /// 0: it has not gone down and come up again yet.
    constexpr std::size_t bytes() const noexcept { return bytes_; }

    /// To be told of `back` bytes that come back while callers keep `left`.
    constexpr void note(std::size_t back, std::size_t left) noexcept {
        since_ = back < ~since_ ? since_ + back : ~std::size_t{0};
        if (way_ == up) note_going_up(left);
        else note_going_down(left);
        if (since_ / 16 > bytes_ || since_ == ~std::size_t{0}) learn(bytes_ / 2);
    }

private:
    enum way : unsigned char { up, down };

    static constexpr std::size_t least_step = std::size_t{256} * 1024;

    constexpr std::size_t step() const noexcept { return high_ / 8 > least_step ? high_ / 8 : least_step; }

    constexpr void note_going_up(std::size_t left) noexcept {
        if (left > high_) return rise_to(left);
        if (high_ - left < step()) return;
        way_ = down;
        low_ = left;
    }

    constexpr void note_going_down(std::size_t left) noexcept {
        if (left <= low_) {
            low_ = left;
        } else if (left - low_ >= step()) {
            way_ = up;
            way_down_ = high_ - low_;
            rise_to(left);
        }
    }

    constexpr void rise_to(std::size_t left) noexcept {
        high_ = left;
        const std::size_t way_up = left - low_;
        const std::size_t seen = way_up < way_down_ ? way_up : way_down_;
        if (seen != 0 && seen >= bytes_) learn(seen);
    }

    constexpr void learn(std::size_t bytes) noexcept {
        bytes_ = bytes;
        since_ = 0;
    }

    std::size_t high_ = 0;
    std::size_t low_ = 0;
    std::size_t way_down_ = 0;  // the last one
    std::size_t bytes_ = 0;
    std::size_t since_ = 0;  // what came back since that was seen
    way way_ = up;
};

}  // namespace allot::detail
