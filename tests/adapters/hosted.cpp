#include <allot/adapters/hosted.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/heap_over_array.hpp"

#include <allot/locked_heap.hpp>

#include <thread>
#include <vector>

namespace {

using heap = allot::locked_heap<allot::basic_heap<allot::hosted_traits>, allot::hosted_lock>;

static_assert(allot::leaning_lock<allot::hosted_lock> && allot::tryable_lock<allot::hosted_lock> &&
              allot::resettable_lock<allot::hosted_lock>);

constinit heap constant_initialised;

}  // namespace

TEST_CASE("hosted: a heap is constant-initialised and empty, and as large as its header says") {
    CHECK(constant_initialised.try_allocate(1) == nullptr);
    constexpr std::size_t kibibytes = sizeof(std::size_t) == 8 ? 75 : 46;
    CHECK(sizeof(heap) > (kibibytes - 5) * 1024);
    CHECK(sizeof(heap) < (kibibytes + 5) * 1024);
}

TEST_CASE("hosted: a heap whose process has one thread, forks, has several, and forks again") {
    allot_test::heap_over_array<heap> over;
    const auto live = [&] {
        std::vector<void*> owned;
        for (std::size_t round = 0; round < 200; ++round) {
            for (std::size_t i = 0; i < 100; ++i) owned.push_back(over.heap.allocate(i * 7 % 1200));
            for (void* const payload : owned) over.heap.deallocate(payload);
            owned.clear();
        }
        if (!over.heap.verify()) allot_test::leave_child(1);
    };
    const auto live_with_others = [&] {
        live();
        std::vector<std::thread> running;
        for (int i = 0; i < 4; ++i) running.emplace_back(live);
        live();
        for (std::thread& each : running) each.join();
        live();
    };
    const auto fork_and = [](auto work) {
        if (allot_test::end_of(work) != "returned") allot_test::leave_child(2);
    };
    CHECK(allot_test::end_of([&] {
              live();
              fork_and(live_with_others);
              live_with_others();
              fork_and(live_with_others);
              live_with_others();
              if (over.heap.stats().in_use_bytes != 0) allot_test::leave_child(3);
          }) == "returned");
}

TEST_CASE("hosted: more threads than lanes, one after the other and at once, leave a heap that is whole") {
    allot_test::heap_over_array<heap> over;
    const auto live = [&] {
        std::vector<void*> owned;
        for (std::size_t i = 0; i < 200; ++i) owned.push_back(over.heap.allocate(i * 5 % 1200));
        for (void* const payload : owned) over.heap.deallocate(payload);
    };
    for (int round = 0; round < 3; ++round) {
        std::vector<std::thread> running;
        for (int i = 0; i < 90; ++i) running.emplace_back(live);
        for (std::thread& each : running) each.join();
        CHECK(over.heap.verify());
    }
    CHECK(over.heap.stats().in_use_bytes == 0);
    over.heap.coalesce();
    CHECK(over.heap.stats().cached_bytes == 0);
    CHECK(over.heap.stats().free_chunks == 1);
}
