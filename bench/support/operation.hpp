// A stream of operations: what every allocator of a benchmark is made to do, in the same order.
//
//     { allocate, slot 7, 48 bytes } { replace, slot 2, 100 bytes } { deallocate, slot 7 } ...
//
// A slot holds one payload or none. Streams are made before the clock runs, from a seed or from a trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

enum class verb : std::uint8_t {
    allocate,
    allocate_zeroed,
    reallocate,
    deallocate,
    replace  ///< deallocate, then allocate into the same slot: a pair
};

struct operation {
    std::uint32_t slot;
    std::uint32_t bytes;
    verb what;
    std::uint8_t alignment_log2;

    std::size_t alignment() const { return std::size_t{1} << alignment_log2; }
};

/// `alignof(std::max_align_t)`, what malloc promises.
inline constexpr std::uint8_t default_alignment_log2 = 4;
static_assert((std::size_t{1} << default_alignment_log2) == alignof(std::max_align_t));

struct stream {
    std::vector<operation> setup;  ///< before the clock: fills the heap and warms it
    std::vector<operation> timed;
    std::size_t items = 0;  ///< what `timed` is counted in: operations, or pairs
    std::size_t slots = 0;
    std::size_t region_bytes = 0;
};

}  // namespace bench
