// Which free chunk is cut, what becomes of the rest, and how one that comes back is merged.
#include <allot/free/free_memory.hpp>

#include "support/row.hpp"

using namespace allot_test;
using allot::detail::none;

namespace {

constexpr std::size_t g = 16;
constexpr std::size_t base = 0x40000;

struct bounded_search : granule_16 {
    static constexpr auto search = allot::fit_search::bounded;
};

/// Chunks of up to eight granules wait.
struct deferred : granule_16_compact {
    static constexpr auto coalescing = allot::coalescing::deferred;
    static constexpr std::size_t cached_chunk_limit = 8 * g;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("free_memory: with nothing in the bins the top is cut at its low end", "", granule_16_stores) {
    row<TestType> heap({2, 3});
    CHECK(heap.shape() == "[2] rest");
    const std::size_t top = heap.store.index().top().chunk;
    CHECK(top == heap.chunk[1]);
    CHECK(heap.take(5 * g) == top);
    CHECK(heap.shape() == "[2] [5] rest");
    CHECK(heap.store.index().top().chunk == top + 5 * g);
}

TEMPLATE_LIST_TEST_CASE("free_memory: an exact fit is taken as it is, before anything else", "", granule_16_stores) {
    row<TestType> heap({2, 9, 2, 6, 2, 12, 2});
    CHECK(heap.take(6 * g) == heap.chunk[3]);
    CHECK(heap.shape() == "[2] 9 [2] [6] [2] 12 [2] rest");
    CHECK(heap.take(12 * g) == heap.chunk[5]);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_memory: the remainder of a small split is kept for the next small requests", "",
                        granule_16_stores) {
    row<TestType> heap({2, 9, 2, 40, 2});
    CHECK(heap.take(4 * g) == heap.chunk[1]);
    CHECK(heap.shape() == "[2] [4] 5 [2] 40 [2] rest");
    CHECK(heap.store.index().remainder().chunk == heap.chunk[1] + 4 * g);
    CHECK(heap.take(2 * g) == heap.chunk[1] + 4 * g);
    CHECK(heap.store.index().remainder().chunk == heap.chunk[1] + 6 * g);
    CHECK(heap.take(3 * g) == heap.chunk[1] + 6 * g);
    CHECK(heap.store.index().remainder().chunk == none);
    CHECK(heap.shape() == "[2] [4] [2] [3] [2] 40 [2] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_memory: a large split leaves no remainder, its rest goes to a bin", "",
                        granule_16_stores) {
    row<TestType> heap({2, 200, 2});
    CHECK(heap.take(100 * g) == heap.chunk[1]);
    CHECK(heap.store.index().remainder().chunk == none);
    CHECK(heap.is_first_of_its_bin(heap.chunk[1] + 100 * g));
    CHECK(heap.shape() == "[2] [100] 100 [2] rest");
}

TEMPLATE_LIST_TEST_CASE("free_memory: one granule is split off where it can be a chunk, and only there", "",
                        granule_16_stores) {
    const bool can_be_a_chunk = TestType::chunks_type::min_chunk == g;
    row<TestType> heap({2, 9, 2});
    CHECK(heap.take(8 * g) == heap.chunk[1]);
    CHECK(heap.shape() == (can_be_a_chunk ? "[2] [8] 1 [2] rest" : "[2] [9] [2] rest"));
    CHECK(heap.store.chunks().size_of(heap.chunk[1]) == (can_be_a_chunk ? 8 * g : 9 * g));
    CHECK(heap.store.index().remainder().chunk == (can_be_a_chunk ? heap.chunk[1] + 8 * g : none));
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_memory: a minimal remainder is known from above", "", granule_16_stores) {
    const std::size_t least = TestType::chunks_type::min_chunk / g;
    row<TestType> heap({2, 9, 2});
    heap.take((9 - least) * g);
    CHECK(heap.store.index().remainder().chunk == heap.chunk[2] - least * g);
    CHECK(heap.is_sound());
    heap.put(heap.chunk[2]);
    CHECK(heap.store.index().remainder().chunk == none);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_memory: given back between two free neighbours, three become one", "",
                        granule_16_stores) {
    row<TestType> heap({2, 9, 2, 6, 2});
    heap.put(heap.chunk[2]);
    CHECK(heap.shape() == "[2] 17 [2] rest");
    CHECK(heap.store.index().count() == 2);
    CHECK(heap.is_first_of_its_bin(heap.chunk[1]));
    heap.put(heap.chunk[0]);
    heap.put(heap.chunk[4]);
    CHECK(heap.is_whole());
    CHECK(heap.store.index().top().chunk == heap.store.regions().lowest(heap.store.chunks()));
}

TEMPLATE_LIST_TEST_CASE("free_memory: given back beside the remainder or the top, it joins them", "",
                        granule_16_stores) {
    row<TestType> heap({2, 9, 2});
    heap.take(4 * g);
    heap.put(heap.chunk[1]);
    CHECK(heap.shape() == "[2] 9 [2] rest");
    CHECK(heap.store.index().remainder().chunk == heap.chunk[1]);
    CHECK(heap.store.index().remainder().size == 9 * g);
    CHECK(heap.is_sound());
    CHECK(heap.take(3 * g) == heap.chunk[1]);
    heap.put(heap.chunk[1]);
    heap.put(heap.chunk[2]);
    CHECK(heap.shape() == "[2] rest");
    CHECK(heap.store.index().remainder().chunk == none);
    CHECK(heap.store.index().top().chunk == heap.chunk[1]);
    CHECK(heap.is_sound());
}

TEST_CASE("free_memory: where chunks wait to be merged, one given back below the remainder takes it to a bin") {
    row<sparse_store<deferred, std::uint32_t>> heap({2, 40, 2});
    REQUIRE(heap.take(9 * g) == heap.chunk[1]);
    REQUIRE(heap.store.index().remainder().chunk == heap.chunk[1] + 9 * g);
    heap.put(heap.chunk[1]);
    CHECK(heap.shape() == "[2] 40 [2] rest");
    CHECK(heap.store.index().remainder().chunk == none);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("free_memory: an aligned part is taken out of the middle, both ends stay free", "",
                        granule_16_stores) {
    row<TestType> heap({2, 100, 2});
    const std::size_t chunk = heap.take(10 * g, 512);
    CHECK((chunk + TestType::chunks_type::word_bytes) % 512 == 0);
    CHECK(heap.store.chunks().size_of(chunk) == 10 * g);
    CHECK(heap.is_sound());
    heap.put(chunk);
    CHECK(heap.shape() == "[2] 100 [2] rest");
}

TEMPLATE_LIST_TEST_CASE("free_memory: aligned from the remainder, from the top, from the top of another region", "",
                        granule_16_stores) {
    row<TestType> heap({2, 90, 2});
    heap.take(4 * g);
    const std::size_t remainder = heap.store.index().remainder().chunk;
    const std::size_t from_remainder = heap.take(4 * g, 256);
    CHECK(from_remainder > remainder);
    CHECK(from_remainder < heap.chunk[2]);
    CHECK(heap.take(8 * g, 0x4000) > heap.chunk[2]);
    REQUIRE(heap.add(base + 0x20000, 0x20000) == allot::region_status::ok);
    CHECK(heap.take(8 * g, 0x10000) + TestType::chunks_type::word_bytes == base + 0x30000);
    CHECK(heap.is_sound());
}

TEST_CASE("free_memory: a bounded search may miss a fit deep in its bin, an exhaustive one does not") {
    const auto fill_a_bin = [](auto& heap) {
        for (int i = 0; i < 12; ++i) {
            heap.chunk.push_back(heap.take(68 * g));
            heap.take(2 * g);
        }
        heap.chunk.push_back(heap.take(71 * g));
        heap.take(2 * g);
        heap.take(allot::detail::largest_free(heap.store));
        for (std::size_t i = heap.chunk.size(); i-- > 0;) heap.put(heap.chunk[i]);
        REQUIRE(heap.is_sound());
        return heap.take(70 * g);
    };
    row<sparse_store<bounded_search, std::size_t>> bounded({});
    CHECK(fill_a_bin(bounded) == none);
    row<sparse_store<granule_16, std::size_t>> exhaustive({});
    const std::size_t found = fill_a_bin(exhaustive);
    CHECK(found == exhaustive.chunk.back());
    CHECK(exhaustive.is_sound());
}
