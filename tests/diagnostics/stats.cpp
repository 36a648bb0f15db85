#include <allot/diagnostics/stats.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"

using namespace allot_test;

TEST_CASE("tally: counts what is held and remembers the most that ever was") {
    allot::detail::tally counted;
    counted.took(100);
    counted.took(50);
    CHECK(counted.in_use_bytes() == 150);
    CHECK(counted.in_use_chunks() == 2);
    counted.gave_back(100);
    CHECK(counted.in_use_bytes() == 50);
    CHECK(counted.peak_in_use_bytes() == 150);
    counted.resized(50, 180);
    CHECK(counted.peak_in_use_bytes() == 180);
    counted.resized(180, 20);
    CHECK(counted.in_use_bytes() == 20);
    CHECK(counted.in_use_chunks() == 1);
    CHECK(counted.peak_in_use_bytes() == 180);
    counted.took(30);
    counted.gave_back(30);
    CHECK(counted.peak_in_use_bytes() == 180);
}

TEST_CASE("tally: what a chunk held only while its payload moved is no peak") {
    allot::detail::tally counted;
    counted.took(50);
    counted.resized(50, 1000);
    counted.trimmed(1000, 80);
    CHECK(counted.in_use_bytes() == 80);
    counted.gave_back(80);
    CHECK(counted.peak_in_use_bytes() <= 80);
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

TEMPLATE_LIST_TEST_CASE("stats: the peak is the most that callers held at once, whatever was moved on the way", "", core_heaps) {
    checked_heap<TestType> heap(16384);
    random_numbers random(5);
    std::vector<void*> held(10, nullptr);
    std::size_t peak = 0;
    for (int i = 0; i < 500; ++i) {
        void*& slot = held[random.below(held.size())];
        const std::size_t before = heap.stats().in_use_bytes;
        const std::size_t old = slot == nullptr ? 0 : TestType::usable_size(slot) + heap.overhead;
        void* const moved = heap.reallocate(slot, random.below(1500), std::size_t{1} << random.below(7));
        if (moved == nullptr) continue;
        const std::size_t both = before + TestType::usable_size(moved) + heap.overhead;  // old and new place at once
        peak = std::max(peak, moved == slot ? before - old + TestType::usable_size(moved) + heap.overhead : both);
        slot = moved;
        REQUIRE(heap.stats().peak_in_use_bytes <= peak);
        REQUIRE(heap.stats().peak_in_use_bytes >= heap.stats().in_use_bytes);
    }
}
