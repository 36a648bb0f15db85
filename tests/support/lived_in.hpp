// A heap with a past: chunks in use, free in bins, the remainder, the top and, where the heap caches, cached.
#pragma once

#include "support/checked_heap.hpp"

#include <cstddef>

namespace allot_test {

template <class Heap>
struct lived_in {
    checked_heap<Heap> heap;
    void* kept;

    explicit lived_in(std::size_t region_bytes = 8192) : heap(region_bytes), kept(heap.take(4)) {
        void* const small = heap.take(2);
        heap.take(5);
        void* const large = heap.take(40);
        heap.take(3);
        heap.deallocate(small);
        heap.deallocate(large);
        heap.take(7);
    }
};

}  // namespace allot_test
