#include <allot/diagnostics/walk.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/sparse_store.hpp"

using namespace allot_test;
using allot::chunk_state;

TEMPLATE_LIST_TEST_CASE("walk: every chunk once, in address order, region by region", "", all_heaps) {
    checked_heap<TestType> heap(bare_field{16384});
    REQUIRE(heap.add_region(8192, 4096) == allot::region_status::ok);
    REQUIRE(heap.add_region(0, 4096) == allot::region_status::ok);
    for (int i = 0; i < 30; ++i) heap.allocate(100);
    const std::vector<allot::chunk_info> chunks = chunks_of(heap.raw());
    CHECK(chunks.size() == 32);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        CHECK((i == 0 || chunks[i].payload > chunks[i - 1].payload));
        bytes += chunks[i].bytes;
    }
    CHECK(bytes + heap.stats().overhead_bytes == 8192);
}

TEST_CASE("walk: in use, free and cached are told apart") {
    checked_heap<allot::heap> heap(8192);
    void* const kept = heap.take(2);
    void* const cached = heap.take(3);
    void* const large = heap.take(80);
    heap.take(2);
    heap.deallocate(cached);
    heap.deallocate(large);
    const std::vector<allot::chunk_info> chunks = chunks_of(heap.raw());
    REQUIRE(chunks.size() == 5);
    CHECK(chunks[0].payload == kept);
    CHECK(chunks[0].state == chunk_state::in_use);
    CHECK(chunks[1].payload == cached);
    CHECK(chunks[1].state == chunk_state::cached);
    CHECK(chunks[1].bytes == 3 * heap.granule);
    CHECK(chunks[2].payload == large);
    CHECK(chunks[2].state == chunk_state::free);
    CHECK(heap.shape() == "[2] (3) 80 [2] rest");
}

TEST_CASE("walk: a heap without regions has no chunk") {
    CHECK(chunks_of(allot::heap{}).empty());
    CHECK(shape_of(allot::heap{}).empty());
}

TEMPLATE_LIST_TEST_CASE("walk: reads headers and writes nothing, in words of any width", "", granule_16_stores) {
    TestType heap;
    REQUIRE(heap.add(0x40000, 0x1000) == allot::region_status::ok);
    heap.take(64);
    const auto before = *heap.store.chunks().memory().words;
    std::size_t chunks = 0;
    walk(heap.store, [&](std::size_t, std::size_t, chunk_state) { ++chunks; });
    CHECK(chunks == 2);
    CHECK(*heap.store.chunks().memory().words == before);
}
