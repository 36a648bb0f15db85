// A heap over memory of its own, sound at the end of its life and empty if nothing leaked.
#pragma once

#include "support/catch.hpp"

#include <allot/heap.hpp>

#include <cstddef>
#include <memory>

namespace allot_test {

template <class Heap>
class heap_over_array {
public:
    /// Compact links of 16 bits, on a 32-bit target, reach no further.
    static constexpr std::size_t most_bytes = std::size_t{512} << 10;

    explicit heap_over_array(std::size_t bytes = most_bytes) : memory_(new unsigned char[bytes]) {
        REQUIRE(heap.add_region(memory_.get(), bytes) == allot::region_status::ok);
    }

    heap_over_array(const heap_over_array&) = delete;
    heap_over_array& operator=(const heap_over_array&) = delete;

    ~heap_over_array() {
        CHECK(heap.verify());
        CHECK(heap.stats().in_use_chunks == 0);
    }

private:
    std::unique_ptr<unsigned char[]> memory_;

public:
    Heap heap;
};

}  // namespace allot_test
