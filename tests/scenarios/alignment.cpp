// Aligned payloads.
#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"
#include "support/sanitizer.hpp"

#include <memory>
#include <vector>

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("R-06 every alignment with every size up to 512 on a fresh heap: aligned and disjoint", "",
                        core_heaps) {
    for (std::size_t alignment = 1; alignment <= 512; alignment *= 2) {
        for (std::size_t bytes = 0; bytes <= 512; ++bytes) {
            checked_heap<TestType> heap(4096);
            CHECK(heap.allocate(bytes, alignment) != nullptr);
            CHECK(heap.allocate(bytes / 2, alignment) != nullptr);
            CHECK(heap.allocate(bytes, alignment) != nullptr);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("R-06 aligned payloads out of a chunk whose ends leave every small lead and tail", "",
                        core_heaps) {
    for (std::size_t lead = 2; lead < 12; ++lead) {
        for (std::size_t bytes = 1; bytes < 400; bytes += 13) {
            checked_heap<TestType> heap(4096);
            heap.take(lead);
            void* const hole = heap.take(40);
            heap.take(2);
            heap.deallocate(hole);
            for (const std::size_t alignment : sizes{32, 64, 128, 256}) heap.allocate(bytes, alignment);
            heap.deallocate_all();
            heap.coalesce();
            CHECK(heap.shape() == "rest");
        }
    }
}

TEMPLATE_LIST_TEST_CASE("R-07 an aligned payload that a reallocate must move is still aligned", "", core_heaps) {
    for (std::size_t alignment = 32; alignment <= 1024; alignment *= 2) {
        checked_heap<TestType> heap(16384);
        void* const room = heap.allocate(4000);
        heap.take(2);
        void* const payload = heap.allocate(100, alignment);
        while (heap.stats().largest_free != 0) heap.allocate(heap.stats().largest_free - heap.overhead);
        heap.deallocate(room);
        void* const grown = heap.reallocate(payload, 1000, alignment);
        REQUIRE(grown != nullptr);
        CHECK(grown != payload);
        void* const shrunk = heap.reallocate(grown, 10, alignment);
        CHECK(shrunk == grown);
    }
}

TEMPLATE_LIST_TEST_CASE("R-07 an aligned payload that could grow downward goes only where it is aligned", "",
                        core_heaps) {
    int grew = 0;
    for (std::size_t alignment = 32; alignment <= 512; alignment *= 2) {
        checked_heap<TestType> heap(8192);
        void* const below = heap.take(45);
        void* const payload = heap.allocate(64, alignment);
        heap.allocate(heap.stats().largest_free - heap.overhead);
        heap.deallocate(below);
        heap.coalesce();
        void* const grown = heap.reallocate(payload, 200, alignment);
        if (grown == nullptr) continue;
        CHECK(address_of(grown) % alignment == 0);
        ++grew;
    }
    CHECK(grew > 0);
}

namespace {

template <class Heap>
void churn_aligned(Heap& heap, unsigned rounds) {
    random_numbers random(13);
    std::vector<void*> owned(24, nullptr);
    for (unsigned i = 0; i < rounds; ++i) {
        void*& slot = owned[random.below(owned.size())];
        heap.deallocate(slot);
        slot = heap.allocate(random.below(90), std::size_t{1} << random.below(8));
        if (i % 20000 == 0) CHECK(heap.verify());
    }
    for (void* const payload : owned) heap.deallocate(payload);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "R-13 10^6 aligned requests whose leftovers are smaller than a chunk: the free bytes return exactly", "",
    core_heaps) {
    const auto memory = std::make_unique<std::byte[]>(8192);
    TestType heap;
    REQUIRE(heap.add_region(memory.get(), 8192) == allot::region_status::ok);
    const allot::heap_stats before = heap.stats();
    churn_aligned(heap, steps_of_a_life(1'000'000));
    heap.coalesce();
    CHECK(heap.stats().free_bytes == before.free_bytes);
    CHECK(heap.stats().largest_free == before.largest_free);
    CHECK(heap.verify());
}
