// A heap over memory of its own, sound at the end of its life and empty if nothing leaked.
#pragma once

#include "support/catch.hpp"

#include <cstddef>
#include <memory>

namespace allot_test {

template <class Heap>
class heap_over_array {
public:
    explicit heap_over_array(std::size_t bytes = std::size_t{1} << 20) : memory_(new std::max_align_t[bytes / sizeof(std::max_align_t)]) {
        static_cast<void>(heap.add_region(memory_.get(), bytes));
    }

    heap_over_array(const heap_over_array&) = delete;
    heap_over_array& operator=(const heap_over_array&) = delete;

    ~heap_over_array() {
        CHECK(heap.verify());
        CHECK(heap.stats().in_use_chunks == 0);
    }

private:
    std::unique_ptr<std::max_align_t[]> memory_;

public:
    Heap heap;
};

}  // namespace allot_test
