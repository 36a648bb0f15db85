#include <allot/adapters/memory_resource.hpp>

#include <allot/heap.hpp>
#include <allot/locked_heap.hpp>

#include "container_life.hpp"
#include "support/catch.hpp"
#include "support/heap_over_array.hpp"
#include "support/scripted_heap.hpp"

#include <list>
#include <string>
#include <vector>

using allot_test::heap_over_array;
using allot_test::scripted_heap;
using allot_test::scripted_traits;

static_assert(std::is_same_v<decltype(allot::memory_resource(std::declval<allot::heap&>())), allot::memory_resource<>>);

TEST_CASE("memory_resource: passes bytes and alignment on, both ways") {
    scripted_heap heap;
    allot::memory_resource resource(heap);
    CHECK(resource.allocate(100, 32) == heap.payload);
    CHECK(heap.asked_bytes == 100);
    CHECK(heap.asked_alignment == 32);
    resource.deallocate(heap.payload, 100, 32);
    CHECK(heap.returned_payload == heap.payload);
    CHECK(heap.returned_bytes == 100);
    CHECK(heap.returned_alignment == 32);
    CHECK(&resource.heap_object() == &heap);
}

TEST_CASE("memory_resource: out of memory is bad_alloc, after on_exhausted") {
    scripted_heap heap;
    heap.failures_left = 2;
    allot::memory_resource resource(heap);
    CHECK_THROWS_AS(resource.allocate(12, 8), std::bad_alloc);
    CHECK(heap.allocations == 2);
    CHECK(scripted_traits::exhausted_calls == 1);
    CHECK(scripted_traits::exhausted_bytes == 12);
}

TEST_CASE("memory_resource: what on_exhausted made room for is served") {
    scripted_heap heap;
    heap.failures_left = 1;
    allot::memory_resource resource(heap);
    CHECK(resource.allocate(12, 8) == heap.payload);
    CHECK(scripted_traits::exhausted_calls == 1);
}

TEST_CASE("memory_resource: an alignment that no heap can give is bad_alloc") {
    heap_over_array<allot::heap> over;
    allot::memory_resource resource(over.heap);
    for (const std::size_t alignment : {~(~std::size_t{0} >> 1), ~(~std::size_t{0} >> 2) & (~std::size_t{0} >> 1)}) {
        CHECK_THROWS_AS(resource.allocate(8, alignment), std::bad_alloc);
    }
}

TEST_CASE("memory_resource: every alignment") {
    heap_over_array<allot::heap> over;
    allot::memory_resource resource(over.heap);
    for (std::size_t alignment = 1; alignment <= 65536; alignment *= 2) {
        void* const payload = resource.allocate(40, alignment);
        CHECK(reinterpret_cast<std::uintptr_t>(payload) % alignment == 0);
        resource.deallocate(payload, 40, alignment);
    }
}

TEST_CASE("memory_resource: equal if they stand before the same heap") {
    scripted_heap heap;
    scripted_heap other_heap;
    const allot::memory_resource one(heap);
    const allot::memory_resource twin(heap);
    const allot::memory_resource other(other_heap);
    CHECK(one.is_equal(one));
    CHECK(one.is_equal(twin));
    CHECK_FALSE(one.is_equal(other));
    CHECK_FALSE(one.is_equal(*std::pmr::new_delete_resource()));
}

TEST_CASE("memory_resource: feeds the pools of the standard library") {
    heap_over_array<allot::heap> over;
    allot::memory_resource resource(over.heap);
    std::pmr::unsynchronized_pool_resource pool(&resource);
    std::pmr::monotonic_buffer_resource buffer(&resource);
    std::pmr::vector<std::pmr::string> lines(&pool);
    std::pmr::list<int> numbers(&buffer);
    for (int i = 0; i < 200; ++i) {
        lines.emplace_back(static_cast<std::size_t>(i), 'x');
        numbers.push_back(i);
    }
    CHECK(over.heap.stats().in_use_bytes > 200 * 100);
    CHECK(lines.back() == std::string(199, 'x').c_str());
    CHECK(numbers.back() == 199);
}

TEMPLATE_TEST_CASE("memory_resource: random life of containers", "", allot::heap,
                   allot::basic_heap<allot::bounded_traits>, allot::basic_heap<allot::compact_traits>,
                   allot::locked_heap<>) {
    heap_over_array<TestType> over;
    allot::memory_resource resource(over.heap);
    container_life::containers<std::pmr::polymorphic_allocator> containers(&resource);
    container_life::live(containers, 4000, [&] { REQUIRE(over.heap.verify()); });
}
