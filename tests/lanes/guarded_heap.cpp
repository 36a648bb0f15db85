// A heap behind one lock: each step takes it once, and tells whether a region of the source may have become free.
#include <allot/lanes/guarded_heap.hpp>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/field_source.hpp"
#include "support/heaps.hpp"

#include <memory>

using namespace allot_test;

namespace {

class counting_lock {
public:
    static inline int taken = 0;
    static void lock() noexcept { ++taken; }
    static void unlock() noexcept {}
};

template <class Traits>
using core = allot::detail::heap_core<Traits, allot::detail::walked_memory>;

template <class Step>
int locks_of(Step&& step) {
    counting_lock::taken = 0;
    step();
    return counting_lock::taken;
}

}  // namespace

TEST_CASE("guarded_heap: every step takes the lock once") {
    constexpr std::size_t bytes = 16384;
    const auto memory = std::make_unique<std::byte[]>(bytes);
    allot::detail::guarded_heap<core<allot::default_traits>, counting_lock> heap;
    CHECK(locks_of([&] {
              CHECK(heap.run([&](auto& inner) { return inner.add_region(address_of(memory.get()), bytes); }) ==
                    allot::region_status::ok);
          }) == 1);
    std::size_t payload = 0;
    CHECK(locks_of([&] { payload = heap.take({100, 16}); }) == 1);
    allot::detail::relocation move{};
    CHECK(locks_of([&] { move = heap.begin_reallocate(payload, {5000, 16}); }) == 1);
    if (move.must_copy()) CHECK(locks_of([&] { heap.finish_reallocate(move, 5000); }) == 1);
    CHECK(locks_of([&] { CHECK(heap.resize_in_place(move.to, {4000}).is_done); }) == 1);
    CHECK(locks_of([&] { CHECK_FALSE(heap.put_back(move.to, {4000})); }) == 1);
    CHECK(locks_of([&] { heap.coalesce_cached(); }) == 1);
    CHECK(locks_of([&] { CHECK(heap.detach_due().base == nullptr); }) == 1);
    CHECK(locks_of([&] { CHECK(heap.stats().in_use_chunks == 0); }) == 1);
    CHECK(locks_of([&] { CHECK(heap.verify()); }) == 1);
    CHECK(locks_of([&] { heap.for_each_chunk([](const allot::chunk_info&) {}); }) == 1);
    CHECK(locks_of([&] { CHECK(heap.remove_region(address_of(memory.get()), bytes) == allot::region_status::ok); }) ==
          1);
}

TEST_CASE("guarded_heap: the step that frees the last chunk of a source's region says so") {
    memory_field field(8192);
    allot::detail::guarded_heap<core<reporting<sourced<allot::bounded_traits>>>, counting_lock> heap;
    heap.source().use(field);
    const allot::memory_span span = heap.source().acquire(2000);
    REQUIRE(heap.run([&](auto& inner) { return inner.add_span(span, 2000); }));
    const std::size_t first = heap.take({100, 16});
    const std::size_t second = heap.take({100, 16});
    CHECK(heap.detach_due().base == nullptr);  // it was, until something was taken from it
    CHECK_FALSE(heap.put_back(first, {0}));
    CHECK(heap.put_back(second, {0}));
    const allot::memory_span detached = heap.detach_due();
    CHECK(detached.base == span.base);
    heap.source().release(detached);
    CHECK(heap.stats().regions == 0);
}
