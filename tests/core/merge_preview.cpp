#include <allot/core/merge_preview.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"

#include <type_traits>
#include <vector>

using namespace allot_test;

namespace {

/// The largest request that succeeds, found by trying. What is cached has merged afterwards.
template <class Heap>
std::size_t largest_request(Heap& heap, std::size_t most) {
    std::size_t low = 0;
    while (low < most) {
        const std::size_t middle = low + (most - low + 1) / 2;
        void* const payload = heap.try_allocate(middle);
        if (payload != nullptr) heap.deallocate(payload);
        (payload != nullptr ? low : most) = payload != nullptr ? middle : middle - 1;
    }
    return low;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "merge_preview: the largest free chunk of the stats is what a request can have, cached chunks merged", "",
    core_heaps) {
    constexpr std::size_t bytes = 100000;
    for (unsigned seed = 1; seed <= 30; ++seed) {
        const auto memory = std::make_unique<std::byte[]>(bytes);
        TestType heap;
        REQUIRE(heap.add_region(memory.get(), bytes) == allot::region_status::ok);
        random_numbers random(seed);
        std::vector<void*> owned;
        for (int i = 0; i < 2000; ++i) {
            if (random.below(100) < 60) {
                void* const payload = heap.allocate(random.below(random.below(40) == 0 ? 9000 : 200));
                if (payload != nullptr) owned.push_back(payload);
            } else if (!owned.empty()) {
                std::swap(owned[random.below(owned.size())], owned.back());
                heap.deallocate(owned.back());
                owned.pop_back();
            }
        }
        for (std::size_t i = owned.size() / 3; i < owned.size() * 2 / 3; ++i) heap.deallocate(owned[i]);
        const std::size_t said = heap.stats().largest_free;
        REQUIRE(said == heap.stats().largest_free);  // looking has changed nothing
        CHECK(largest_request(heap, bytes) + TestType::chunk_overhead == said);
    }
}

TEST_CASE(
    "merge_preview: never more than can be had, where a bin holds more merged chunks than a request may look at") {
    constexpr std::size_t bytes = 1000000;
    const std::size_t longer = GENERATE(0u, 20u, 60u, 100u, 150u, 199u);
    const auto memory = std::make_unique<std::byte[]>(bytes);
    allot::heap heap;
    REQUIRE(heap.add_region(memory.get(), bytes) == allot::region_status::ok);
    std::vector<void*> pairs;
    for (std::size_t i = 0; i < 200; ++i) {
        pairs.push_back(heap.allocate(504));
        pairs.push_back(heap.allocate(504));
        pairs.push_back(heap.allocate(i == longer ? 40 : 24));  // one run is longer than all others
        static_cast<void>(heap.allocate(24));
    }
    while (heap.allocate(1000) != nullptr) continue;
    while (heap.allocate(24) != nullptr) continue;
    for (void* const payload : pairs) heap.deallocate(payload);
    REQUIRE(heap.stats().cached_bytes > 100000);
    const std::size_t said = heap.stats().largest_free;
    CHECK(said >= 1024);
    CHECK(heap.try_allocate(said - allot::heap::chunk_overhead) != nullptr);
}

TEST_CASE("merge_preview: more runs than a request may look at do not hide a free chunk of their bin") {
    constexpr std::size_t bytes = 1000000;
    const auto memory = std::make_unique<std::byte[]>(bytes);
    allot::heap heap;
    REQUIRE(heap.add_region(memory.get(), bytes) == allot::region_status::ok);
    void* const single = heap.allocate(1064);
    static_cast<void>(heap.allocate(24));
    std::vector<void*> pairs;
    for (int i = 0; i < 100; ++i) {
        for (int each = 0; each < 2; ++each) pairs.push_back(heap.allocate(504));
        static_cast<void>(heap.allocate(24));
    }
    while (heap.allocate(1000) != nullptr) continue;
    while (heap.allocate(24) != nullptr) continue;
    heap.deallocate(single);
    for (void* const payload : pairs) heap.deallocate(payload);
    CHECK(heap.stats().largest_free == 1072);
    CHECK(heap.try_allocate(1064) == single);
}

TEST_CASE("merge_preview: many runs of lower bins do not hide the largest one") {
    constexpr std::size_t bytes = 200000;
    const auto memory = std::make_unique<std::byte[]>(bytes);
    allot::heap heap;
    REQUIRE(heap.add_region(memory.get(), bytes) == allot::region_status::ok);
    std::vector<void*> cached;
    for (int i = 0; i < 100; ++i) {
        const int chunks = i == 99 ? 41 : 2;
        for (int each = 0; each < chunks; ++each) cached.push_back(heap.allocate(504));
        static_cast<void>(heap.allocate(24));
    }
    while (heap.allocate(1000) != nullptr) continue;
    while (heap.allocate(24) != nullptr) continue;
    for (void* const payload : cached) heap.deallocate(payload);
    CHECK(heap.stats().largest_free == std::size_t{41} * 512);
    CHECK(heap.try_allocate(std::size_t{41} * 512 - allot::heap::chunk_overhead) != nullptr);
}

TEST_CASE("merge_preview: a run is walked once, though its chunks come in any order") {
    constexpr std::size_t count = 6000;
    const auto memory = std::make_unique<std::byte[]>(count * 32 + 1000);
    allot::heap heap;
    REQUIRE(heap.add_region(memory.get(), count * 32 + 1000) == allot::region_status::ok);
    std::vector<void*> owned;
    for (std::size_t i = 0; i < count; ++i) owned.push_back(heap.allocate(24));
    for (std::size_t i = 0; i < count; ++i) heap.deallocate(owned[i * 7919 % count]);
    CHECK(heap.stats().cached_bytes == count * 32);
    CHECK(heap.stats().largest_free >= count * 32);
}

TEST_CASE("merge_preview: a run that is found again from a lower chunk is one run, and all of it counts") {
    constexpr std::size_t bytes = 100000;
    const auto memory = std::make_unique<std::byte[]>(bytes);
    allot::heap heap;
    REQUIRE(heap.add_region(memory.get(), bytes) == allot::region_status::ok);
    using store_type = std::remove_cvref_t<decltype(core_of(heap).store())>;
    std::vector<void*> owned;
    for (int i = 0; i < 20; ++i) {  // twice that would be more than a request may look at
        for (const std::size_t size : {24u, 504u, 504u}) owned.push_back(heap.allocate(size));
        static_cast<void>(heap.allocate(24));
    }
    for (void* const payload : owned) heap.deallocate(payload);
    const auto& store = core_of(heap).store();
    allot::detail::merge_preview<store_type::chunks_type, store_type::classes, 32> preview(store.chunks());
    const auto consider = [&](void* payload) {
        preview.consider(store_type::chunks_type::chunk_of(address_of(payload)));
    };
    for (std::size_t i = 0; i < owned.size(); i += 3) {
        consider(owned[i + 1]);
        consider(owned[i]);
    }
    std::size_t run_bytes = 0;
    for (int i = 0; i < 3; ++i)
        run_bytes += heap.usable_size(owned[static_cast<std::size_t>(i)]) + allot::heap::chunk_overhead;
    CHECK(preview.largest({}) == run_bytes);
}
