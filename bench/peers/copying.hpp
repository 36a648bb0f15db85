// Verbs that an allocator lacks, made from those that it has.
#pragma once

#include "peers/allocator.hpp"

#include <algorithm>
#include <cstring>

namespace bench {

/// Reallocates by taking a new place, copying and giving the old one back.
inline void* reallocate_by_copy(allocator& heap, const owned& old, std::size_t bytes) {
    void* const moved = heap.allocate(bytes, old.alignment);
    if (moved != nullptr) {
        std::memcpy(moved, old.payload, std::min(old.bytes, bytes));
        heap.deallocate(old);
    }
    return moved;
}

/// Zeroes a payload that may be null.
inline void* zeroed(void* payload, std::size_t bytes) {
    return payload == nullptr ? nullptr : std::memset(payload, 0, bytes);
}

}  // namespace bench
