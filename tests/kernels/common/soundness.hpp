// What every stage asks of the heap as a whole: that verify() finds nothing, and that memory comes back.
#pragma once

#include "verdict.hpp"

namespace kernel {

/// True if two heaps, or one at two times, have the same memory free in the same pieces.
template <class Stats>
bool has_same_memory(const Stats& one, const Stats& other) noexcept {
    return one.free_bytes == other.free_bytes && one.free_chunks == other.free_chunks &&
           one.largest_free == other.largest_free && one.in_use_chunks == other.in_use_chunks &&
           one.in_use_bytes == other.in_use_bytes;
}

/// Verifies the heap and names the invariant that is broken.
template <class Heap>
void expect_sound(const Heap& heap) noexcept {
    const auto result = heap.verify();
    if (result) return;
    print("\n!! broken invariant: I", static_cast<unsigned>(result.broken));
    fail(verdict::unsound, "verify() found the heap unsound", result.where);
}

}  // namespace kernel
