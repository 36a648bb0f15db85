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

#include <allot/base/config.hpp>

#include <cstddef>
#include <cstdint>

namespace allot {

struct heap_stats {
    std::size_t regions;            ///< after neighbours have merged
    std::size_t region_bytes;       ///< as the caller gave them
    std::size_t in_use_bytes;       ///< the old place of a payload that is being moved included
    std::size_t free_bytes;         ///< coalesced and ready to be split
    std::size_t cached_bytes;       ///< freed, waiting as they are (deferred coalescing)
    std::size_t overhead_bytes;
    std::size_t largest_free;       ///< the largest chunk that `try_allocate` could have, see basic_heap::stats
    std::size_t peak_in_use_bytes;  ///< the most that callers owned; of a payload that moves, one place
    std::size_t in_use_chunks;
    std::size_t free_chunks;
};

namespace detail {

/// What is taken from the free chunks, for callers or for the cache, and the most that callers ever owned. The cache counts
/// itself and callers own the difference, so a small chunk that goes to and fro between them is not counted here. Of a
/// payload that moves, its old place is taken until it was copied, but owned by nobody: it is in flight.
class tally {
public:
    constexpr std::size_t taken_bytes() const noexcept { return peak_ + static_cast<std::size_t>(cached_at_peak_) + in_flight_; }
    constexpr std::size_t taken_chunks() const noexcept { return taken_chunks_; }
    constexpr std::size_t in_use_bytes(std::size_t cached_bytes) const noexcept { return taken_bytes() - cached_bytes; }
    constexpr std::size_t peak_in_use_bytes(std::size_t cached_bytes) const noexcept {
        return is_above_peak(cached_bytes) ? owned_bytes(cached_bytes) : peak_;
    }

    /// True if callers once owned several times what is taken now.
    constexpr bool is_far_below_peak() const noexcept { return taken_bytes() < peak_ / 4; }

    constexpr void took(std::size_t chunk_size) noexcept {
        lengthened(chunk_size);
        ++taken_chunks_;
    }
    constexpr void gave_back(std::size_t chunk_size) noexcept {
        shortened(chunk_size);
        --taken_chunks_;
    }
    constexpr void lengthened(std::size_t bytes) noexcept { cached_at_peak_ += static_cast<std::int64_t>(bytes); }
    constexpr void shortened(std::size_t bytes) noexcept { cached_at_peak_ -= static_cast<std::int64_t>(bytes); }

    /// From here on, and until they land, no caller owns these bytes: they are only still read.
    constexpr void departed(std::size_t bytes) noexcept {
        shortened(bytes);
        in_flight_ += bytes;
    }
    constexpr void landed(std::size_t bytes) noexcept {
        lengthened(bytes);
        in_flight_ -= bytes;
    }

    /// To be called where what callers own is about to fall: the one time to look whether this was a peak.
    ALLOT_INLINE constexpr void settle_peak(std::size_t cached_bytes) noexcept {
        if (!is_above_peak(cached_bytes)) [[likely]] return;
        peak_ = owned_bytes(cached_bytes);
        cached_at_peak_ = static_cast<std::int64_t>(cached_bytes);
    }

private:
    /// One comparison with one counter.
    ALLOT_INLINE constexpr bool is_above_peak(std::size_t cached_bytes) const noexcept {
        return static_cast<std::int64_t>(cached_bytes) < cached_at_peak_;
    }
    constexpr std::size_t owned_bytes(std::size_t cached_bytes) const noexcept {
        return peak_ + static_cast<std::size_t>(cached_at_peak_) - cached_bytes;
    }

    /// What is cached when callers own as much as at the peak: taken, less the peak. It may be less than nothing, and what a
    /// 32-bit heap holds beyond its peak may be more than half of all addresses: hence signed, and wide.
    std::int64_t cached_at_peak_ = 0;
    std::size_t peak_ = 0;
    std::size_t taken_chunks_ = 0;
    std::size_t in_flight_ = 0;
};

}  // namespace detail
}  // namespace allot
