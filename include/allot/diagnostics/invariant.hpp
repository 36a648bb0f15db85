// What is true of a sound heap, between any two calls.
//
//   I1 tiling       the chunks of a region tile it exactly, from its first chunk to its fencepost
//   I2 granularity  every chunk size is a multiple of the granule and at least min_chunk_size
//   I3 alignment    every payload is granule-aligned
//   I4 prev_in_use  a chunk's prev-in-use bit equals its lower neighbour's in-use bit
//   I5 footer       a free chunk's footer (or minimal flag) agrees with its header
//   I6 coalesced    no two neighbouring chunks are both free (cached chunks count as in use)
//   I7 binned_once  a free chunk is in exactly one place: the list of its bin, the remainder, or the top
//   I8 links        links of free chunks are mutual
//   I9 bin_map      a bin's bit is set if and only if its list is not empty
//   I10 accounting  in use + free + cached + overhead = region bytes, and the counters agree with a walk
//
// Guarantees: plain data.
#pragma once

#include <allot/base/config.hpp>

namespace allot {

enum class invariant : unsigned char {
    none = 0,
    tiling = 1,
    granularity = 2,
    alignment = 3,
    prev_in_use = 4,
    footer = 5,
    coalesced = 6,
    binned_once = 7,
    links = 8,
    bin_map = 9,
    accounting = 10
};

/// True if the heap is sound; else the first broken invariant and the chunk, or the word, that shows it.
struct verify_result {
    invariant broken;
    const void* where;

    constexpr explicit operator bool() const noexcept { return broken == invariant::none; }
};

}  // namespace allot
