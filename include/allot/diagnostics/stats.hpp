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
    std::size_t regions;       ///< after neighbours have merged
    std::size_t region_bytes;  ///< as the caller gave them
    std::size_t in_use_bytes;  ///< the old place of a payload that is being moved included
    std::size_t free_bytes;    ///< coalesced and ready to be split
    std::size_t cached_bytes;  ///< freed, waiting as they are (deferred coalescing)
    std::size_t overhead_bytes;
    std::size_t largest_free;       ///< the largest chunk that `try_allocate` could have, see basic_heap::stats
    std::size_t peak_in_use_bytes;  ///< the most that callers owned; of a payload that moves, one place
    std::size_t in_use_chunks;
    std::size_t free_chunks;
};

}  // namespace allot
