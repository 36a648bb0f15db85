// the deferred half of the two configurations.
#include "scenarios/two_configurations/configuration.hpp"
#include "support/checked_heap.hpp"

#include <allot/heap.hpp>

namespace {

struct my_traits : allot::default_traits {
    static constexpr std::size_t fit_probes = 1;
};

}  // namespace

configuration deferred_configuration() {
    allot_test::checked_heap<allot::basic_heap<my_traits>> heap(4096);
    void* const payload = heap.take(4);
    heap.take(2);
    heap.deallocate(payload);
    return {allot::basic_heap<my_traits>::min_chunk_size, heap.shape()};
}
