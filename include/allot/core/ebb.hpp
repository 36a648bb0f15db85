// Tells a heap that is shrinking from one that only breathes, by what callers own.
//
//     bytes     __                      level: the most, while it lasts; falling once an eighth of that is gone
//     owned    /  \_/\__                 falling: the level goes down with it ...
//            _/        \____/\_/\__      ... until as many bytes as are owned were freed without a new fall, or it grows
//
// While a heap with a source falls it caches nothing: a chunk that waits may be the last one that keeps a span that could go
// back, and once the fall is over nobody comes by to merge it.
//
// Guarantees: constexpr, O(1), plain numbers.
#pragma once

#include <allot/base/config.hpp>

#include <cstddef>

namespace allot::detail {

class ebb {
public:
    constexpr bool is_falling() const noexcept { return state_ != steady; }

    /// True once after a fall has begun or gone on: for whoever has more to merge than the heap knows of.
    constexpr bool tells_of_fall() noexcept {
        const bool is_news = state_ == fallen;
        if (is_news) state_ = falling;
        return is_news;
    }

    /// To be told of `bytes` that come back while callers keep `left`. True if the fall begins with it.
    constexpr bool begins_with(std::size_t bytes, std::size_t left) noexcept {
        if (left < level_ && level_ - left >= step()) {
            const bool begins = state_ == steady;
            restart(left, fallen);
            return begins;
        }
        if (state_ == steady) {
            if (left > level_) level_ = left;
            return false;
        }
        steady_bytes_ += bytes;
        const bool has_risen = left > level_ && left - level_ >= step();
        if (has_risen || (steady_bytes_ >= level_ && steady_bytes_ >= least_steady)) restart(left, steady);
        return false;
    }

private:
    static constexpr std::size_t least_step = std::size_t{256} * 1024;
    static constexpr std::size_t least_steady = std::size_t{256} * 1024;

    constexpr std::size_t step() const noexcept { return level_ / 8 > least_step ? level_ / 8 : least_step; }

    enum state : unsigned char { steady, fallen, falling };

    constexpr void restart(std::size_t level, state now) noexcept {
        level_ = level;
        steady_bytes_ = 0;
        state_ = now;
    }

    std::size_t level_ = 0;
    std::size_t steady_bytes_ = 0;  // what came back since the level was set
    state state_ = steady;
};

/// A heap that is not watched: it has no source, or caches nothing.
struct no_ebb {
    static constexpr bool is_falling() noexcept { return false; }
    static constexpr bool tells_of_fall() noexcept { return false; }
    static constexpr bool begins_with(std::size_t /*bytes*/, std::size_t /*left*/) noexcept { return false; }
};

}  // namespace allot::detail
