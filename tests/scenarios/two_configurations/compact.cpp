// the compact half of the two configurations.
#include "scenarios/two_configurations/configuration.hpp"
#include "support/checked_heap.hpp"

#include <allot/heap.hpp>

namespace {

struct my_traits : allot::compact_traits {
    static constexpr auto coalescing = allot::coalescing::immediate;
};

}  // namespace

configuration compact_configuration() {
    allot_test::checked_heap<allot::basic_heap<my_traits>> heap(4096);
    void* const payload = heap.take(4);
    heap.take(2);
    heap.deallocate(payload);
    return {allot::basic_heap<my_traits>::min_chunk_size, heap.shape()};
}
