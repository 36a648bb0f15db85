// Where free chunks are kept: the bins, the remainder, the tops; and how one finds its place.
#include <allot/free/free_index.hpp>

#include "support/row.hpp"

using namespace allot_test;
using allot::detail::none;

namespace {

constexpr std::size_t g = 16;
constexpr std::size_t base = 0x40000;

}  // namespace

TEMPLATE_LIST_TEST_CASE("free_index: a chunk that comes back goes to the bin of its size, or is the top", "",
                        granule_16_stores) {
    row<TestType> heap({2, 9, 2});
    CHECK(heap.is_first_of_its_bin(heap.chunk[1]));
    CHECK(heap.store.index().count() == 2);
    heap.put(heap.chunk[2]);
    CHECK(heap.store.index().top().chunk == heap.chunk[1]);
    CHECK(heap.store.index().binned().map().find_last() == TestType::store_type::index_type::bins_type::bin_count);
    CHECK(heap.store.index().count() == 1);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_index: a large chunk goes behind a lower one, and no link of that one is followed", "",
                        granule_16_stores) {
    for (const bool is_forged : {false, true}) {
        row<TestType> heap({});
        auto& chunks = heap.store.chunks();
        std::size_t large[3];
        for (std::size_t& each : large) each = heap.take(100 * g), heap.take(2 * g);
        heap.put(large[0]);
        if (is_forged) chunks.set_next_free(large[0], chunks.link_to(large[2]));
        const auto untouched = chunks.prev_free(large[2]);
        heap.put(large[1]);
        CHECK(heap.is_first_of_its_bin(large[0]));
        CHECK(chunks.prev_free(large[2]) == untouched);
        CHECK(heap.is_sound());
    }
}

TEMPLATE_LIST_TEST_CASE("free_index: a new remainder sends the old one to its bin", "", granule_16_stores) {
    row<TestType> heap({2, 9, 2, 40, 2});
    heap.take(4 * g);
    const std::size_t old = heap.store.index().remainder().chunk;
    heap.take(20 * g);
    CHECK(heap.store.index().remainder().chunk == heap.chunk[3] + 20 * g);
    CHECK(heap.is_first_of_its_bin(old));
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_index: the free ends of all regions are found, of the last one last", "",
                        granule_16_stores) {
    row<TestType> heap({});
    REQUIRE(heap.add(base + 0x20000, 0x1000) == allot::region_status::ok);
    REQUIRE(heap.add(base - 0x20000, 0x2000) == allot::region_status::ok);
    CHECK(heap.store.index().top().chunk < base);
    CHECK(heap.store.index().count() == 3);
    CHECK(heap.take(0x1800) - base < 0x10000);
    CHECK(heap.take(0x1800) < base);
    CHECK(heap.take(0x8000) - base < 0x10000);
    CHECK(heap.take(0x8000) == none);
    CHECK(heap.take(0xE00) != none);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_index: the top of the only region is found again when it was forgotten", "",
                        granule_16_stores) {
    row<TestType> heap({});
    REQUIRE(heap.add(base + 0x20000, 0x1000) == allot::region_status::ok);
    REQUIRE(heap.remove(base + 0x20000, 0x1000) == allot::region_status::ok);
    CHECK(heap.store.index().top().chunk == none);
    CHECK(heap.take(0x8000) != none);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_index: the largest free chunk, wherever it is", "", granule_16_stores) {
    row<TestType> heap({2, 200, 2, 900, 2});
    const std::size_t top = heap.store.chunks().size_of(heap.store.index().top().chunk);
    CHECK(allot::detail::largest_free(heap.store) == top);
    const std::size_t all = heap.take(top);
    CHECK(allot::detail::largest_free(heap.store) == 900 * g);
    heap.take(4 * g);  // cut from the smaller one: 196 are the remainder
    heap.take(900 * g);
    CHECK(allot::detail::largest_free(heap.store) == 196 * g);
    heap.put(all);
    CHECK(allot::detail::largest_free(heap.store) == top);
}
