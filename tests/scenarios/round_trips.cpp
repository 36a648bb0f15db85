// What is given back can be had again, in every size and order.
#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"
#include "support/sanitizer.hpp"

#include <algorithm>
#include <memory>
#include <vector>

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("R-10 allocate, free, allocate again where there is room for one, every size", "", core_heaps) {
    for (std::size_t bytes = 0; bytes <= 2200; bytes += bytes < 1200 ? 1 : 17) {
        checked_heap<TestType> heap(4096);
        void* const only = heap.allocate(bytes);
        REQUIRE(only != nullptr);
        heap.allocate(heap.stats().largest_free - heap.overhead);
        REQUIRE(heap.stats().free_bytes == 0);
        heap.deallocate(only);
        CHECK(heap.allocate(bytes) == only);
    }
}

TEMPLATE_LIST_TEST_CASE("R-10 the same with the top as the only room", "", core_heaps) {
    checked_heap<TestType> heap(4096);
    for (std::size_t bytes = 0; bytes <= 4096 - 96; ++bytes) {
        void* const only = heap.allocate(bytes);
        REQUIRE(only != nullptr);
        heap.deallocate(only);
    }
}

TEMPLATE_LIST_TEST_CASE("R-11 requests below the smallest chunk", "", plain_heaps) {
    for (std::size_t bytes = 0; bytes <= TestType::min_chunk_size; ++bytes) {
        checked_heap<TestType> heap(4096);
        std::vector<void*> row;
        for (int i = 0; i < 6; ++i) row.push_back(heap.allocate(bytes));
        for (std::size_t i = 0; i < row.size(); i += 2) heap.deallocate(row[i]);
        for (std::size_t i = 1; i < row.size(); i += 2) heap.deallocate(row[i], bytes);
        heap.coalesce();
        CHECK(heap.shape() == "rest");
    }
}

namespace {

// The free lists before three neighbours of `granules` are freed: each state changes where their merged chunk goes.
template <class Heap>
void prepare(checked_heap<Heap>& heap, int state, std::size_t granules) {
    std::vector<void*> spare;
    for (std::size_t i = 0; i < 6; ++i) {
        spare.push_back(heap.take(granules * (1 + i % 3)));
        heap.take(2);
    }
    for (std::size_t i = 0; i < spare.size(); ++i) {
        if ((state >> i & 1) != 0) heap.deallocate(spare[i]);
    }
    if (state % 2 != 0) heap.coalesce();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("R-14 three neighbours freed in every order, the free lists in many states: one chunk", "",
                        core_heaps) {
    for (const std::size_t granules : sizes{2, 8, 33}) {
        for (int state = 0; state < 64; state += 3) {
            std::vector<std::size_t> order{0, 1, 2};
            do {
                checked_heap<TestType> heap(16384);
                prepare(heap, state, granules);
                const std::size_t others = heap.stats().in_use_chunks;
                void* const three[] = {heap.take(granules), heap.take(granules), heap.take(granules)};
                heap.take(2);
                for (const std::size_t i : order) heap.deallocate(three[i]);
                heap.coalesce();
                CHECK(heap.stats().in_use_chunks == others + 1);
            } while (std::next_permutation(order.begin(), order.end()));
        }
    }
}

TEMPLATE_LIST_TEST_CASE("R-14 three neighbours merge into what their sum is", "", core_heaps) {
    std::vector<std::size_t> order{0, 1, 2};
    do {
        checked_heap<TestType> heap(8192);
        heap.take(2);
        void* const three[] = {heap.take(3), heap.take(5), heap.take(40)};
        heap.take(2);
        for (const std::size_t i : order) heap.deallocate(three[i]);
        heap.coalesce();
        CHECK(heap.shape() == "[2] 48 [2] rest");
    } while (std::next_permutation(order.begin(), order.end()));
}

TEMPLATE_LIST_TEST_CASE("R-22 a random life in three odd regions between guards", "", plain_heaps) {
    for (const unsigned seed : {1u, 2u, 3u}) {
        checked_heap<TestType> heap(bare_field{6000});
        REQUIRE(heap.add_region(13, 2001) == allot::region_status::ok);
        REQUIRE(heap.add_region(2900, 777) == allot::region_status::ok);
        REQUIRE(heap.add_region(4001, 1500) == allot::region_status::ok);
        random_numbers random(seed);
        std::vector<void*> owned(20, nullptr);
        for (int i = 0; i < 1200; ++i) {
            void*& slot = owned[random.below(owned.size())];
            const std::size_t bytes = random.below(1u << random.below(10));
            const std::size_t alignment = std::size_t{1} << random.below(8);
            if (slot == nullptr) slot = heap.allocate(bytes, alignment);
            else if (random.below(3) == 0) heap.deallocate(std::exchange(slot, nullptr));
            else if (void* const moved = heap.reallocate(slot, bytes, alignment)) slot = moved;
        }
        heap.deallocate_all();
        heap.coalesce();
        CHECK(heap.shape() == "rest | rest | rest");
    }
}

TEMPLATE_LIST_TEST_CASE("R-32 a healthy heap is never reported and never rejected", "", core_heaps) {
    constexpr std::size_t bytes = std::size_t{1} << 18;
    const auto memory = std::make_unique<std::byte[]>(bytes);
    constexpr unsigned steps = steps_of_a_life(300'000);
    reporting_heap_of<TestType> heap;  // a corruption ends the program
    REQUIRE(heap.add_region(memory.get(), bytes) == allot::region_status::ok);
    random_numbers random(32);
    std::vector<void*> owned(500, nullptr);
    for (unsigned i = 0; i < steps; ++i) {
        void*& slot = owned[random.below(owned.size())];
        const std::size_t wanted = random.below(1u << random.below(13));
        void* const moved = i % 3 == 0 ? nullptr : heap.reallocate(slot, wanted, std::size_t{1} << random.below(10));
        if (moved == nullptr) heap.deallocate(slot);
        slot = moved;
        if (i % 1000 == 0 && !heap.verify()) FAIL("rejected at operation " << i);
    }
    CHECK(heap.verify());
}
