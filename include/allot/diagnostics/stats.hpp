// The numbers of a heap, and the counters behind them.
//
//     region_bytes = in_use_bytes + free_bytes + cached_bytes + overhead_bytes          (invariant I10)
//
// Sizes of chunks are counted with their header; overhead is what belongs to no chunk: region descriptors,
// fenceposts and what the ends of a region lose to alignment.
//
// Guarantees: plain numbers in bytes or pieces; counting costs a few instructions an operation and no memory access
// outside the heap object.
#pragma once

#include <cstddef>

namespace allot {

struct heap_stats {
    std::size_t regions;            ///< after neighbours have merged
    std::size_t region_bytes;       ///< as the caller gave them
    std::size_t in_use_bytes;
    std::size_t free_bytes;         ///< coalesced and ready to be split
    std::size_t cached_bytes;       ///< freed, waiting as they are (deferred coalescing)
    std::size_t overhead_bytes;
    std::size_t largest_free;       ///< the largest free chunk
    std::size_t peak_in_use_bytes;
    std::size_t in_use_chunks;
    std::size_t free_chunks;
};

namespace detail {

/// What callers hold, and the most that they ever held.
class tally {
public:
    constexpr std::size_t in_use_bytes() const noexcept { return in_use_bytes_; }
    constexpr std::size_t in_use_chunks() const noexcept { return in_use_chunks_; }
    constexpr std::size_t peak_in_use_bytes() const noexcept {
        return in_use_bytes_ > settled_peak_ ? in_use_bytes_ : settled_peak_;
    }

    constexpr void took(std::size_t chunk_size) noexcept {
        in_use_bytes_ += chunk_size;
        ++in_use_chunks_;
    }

    /// The peak is settled here, where the number starts to fall, so that taking does not compare.
    constexpr void gave_back(std::size_t chunk_size) noexcept {
        if (in_use_bytes_ > settled_peak_) [[unlikely]] settled_peak_ = in_use_bytes_;
        in_use_bytes_ -= chunk_size;
        --in_use_chunks_;
    }

    constexpr void resized(std::size_t from, std::size_t to) noexcept {
        settled_peak_ = peak_in_use_bytes();
        in_use_bytes_ += to - from;
    }

    /// A chunk that held more than its owner asked for, while a payload moved, is no peak.
    constexpr void trimmed(std::size_t from, std::size_t to) noexcept { in_use_bytes_ -= from - to; }

private:
    std::size_t in_use_bytes_ = 0;
    std::size_t in_use_chunks_ = 0;
    std::size_t settled_peak_ = 0;
};

}  // namespace detail
}  // namespace allot
