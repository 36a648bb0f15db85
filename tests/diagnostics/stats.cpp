#include <allot/diagnostics/stats.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("stats: the numbers of a small heap, one by one", "", core_heaps) {
    checked_heap<TestType> heap(8192);
    const std::size_t g = heap.granule;
    const allot::heap_stats fresh = heap.stats();
    CHECK(fresh.regions == 1);
    CHECK(fresh.region_bytes == 8192);
    CHECK(fresh.in_use_bytes == 0);
    CHECK(fresh.free_bytes == fresh.largest_free);
    CHECK(fresh.free_bytes + fresh.overhead_bytes == 8192);
    CHECK(fresh.free_chunks == 1);
    void* const small = heap.take(4);
    void* const large = heap.take(70);
    heap.take(2);
    heap.deallocate(small);
    heap.deallocate(large);
    heap.coalesce();
    const allot::heap_stats used = heap.stats();
    CHECK(used.in_use_bytes == 2 * g);
    CHECK(used.in_use_chunks == 1);
    CHECK(used.free_chunks == 2);
    CHECK(used.peak_in_use_bytes == 76 * g);
    CHECK(used.free_bytes == fresh.free_bytes - 2 * g);
    CHECK(used.largest_free == fresh.free_bytes - 76 * g);
    CHECK(used.cached_bytes == 0);
}

TEMPLATE_LIST_TEST_CASE("stats: the peak is the most that callers owned at once, whatever was moved on the way", "",
                        core_heaps) {
    checked_heap<TestType> heap(16384);
    random_numbers random(5);
    std::vector<void*> owned(10, nullptr);
    std::size_t peak = 0;
    for (int i = 0; i < 500; ++i) {
        void*& slot = owned[random.below(owned.size())];
        void* const moved = heap.reallocate(slot, random.below(1500), std::size_t{1} << random.below(7));
        if (moved == nullptr) continue;
        slot = moved;
        peak = std::max(peak, heap.stats().in_use_bytes);
        REQUIRE(heap.stats().peak_in_use_bytes == peak);
    }
}
