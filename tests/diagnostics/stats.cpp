#include <allot/diagnostics/stats.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"

using namespace allot_test;

TEST_CASE("tally: counts what is taken and remembers the most that callers ever owned") {
    allot::detail::tally counted;
    counted.took(100);
    counted.took(50);
    CHECK(counted.in_use_bytes(0) == 150);
    CHECK(counted.taken_chunks() == 2);
    counted.settle_peak(0);
    counted.gave_back(100);
    CHECK(counted.in_use_bytes(0) == 50);
    CHECK(counted.peak_in_use_bytes(0) == 150);
    counted.lengthened(130);
    CHECK(counted.peak_in_use_bytes(0) == 180);
    counted.settle_peak(0);
    counted.shortened(160);
    CHECK(counted.taken_bytes() == 20);
    CHECK(counted.taken_chunks() == 1);
    CHECK(counted.peak_in_use_bytes(0) == 180);
}

TEST_CASE("tally: what is cached is not owned, and a peak is a peak whatever was cached then") {
    allot::detail::tally counted;
    counted.took(100);
    counted.took(60);
    counted.settle_peak(0);
    CHECK(counted.in_use_bytes(60) == 100);
    CHECK(counted.peak_in_use_bytes(60) == 160);
    counted.took(80);  // 180 owned, 60 cached
    CHECK(counted.peak_in_use_bytes(60) == 180);
    counted.settle_peak(60);
    CHECK(counted.peak_in_use_bytes(140) == 180);
    counted.gave_back(60);  // what was cached is merged: callers own as much as before
    CHECK(counted.in_use_bytes(80) == 100);
    CHECK(counted.peak_in_use_bytes(80) == 180);
    CHECK(counted.peak_in_use_bytes(0) == 180);
}

TEST_CASE("tally: far below the peak is less than a quarter of it") {
    allot::detail::tally counted;
    CHECK_FALSE(counted.is_far_below_peak());
    counted.took(400);
    counted.took(1);
    counted.settle_peak(0);
    CHECK_FALSE(counted.is_far_below_peak());
    counted.shortened(301);
    CHECK_FALSE(counted.is_far_below_peak());
    counted.shortened(1);
    CHECK(counted.is_far_below_peak());
}

TEST_CASE("tally: what a chunk owned only while its payload moved is no peak") {
    allot::detail::tally counted;
    counted.took(50);
    counted.lengthened(950);
    counted.shortened(920);
    CHECK(counted.in_use_bytes(0) == 80);
    CHECK(counted.peak_in_use_bytes(0) == 80);
}

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

TEMPLATE_LIST_TEST_CASE("stats: the peak is the most that callers owned at once, whatever was moved on the way", "", core_heaps) {
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
