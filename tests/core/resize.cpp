#include <allot/core/resize.hpp>

#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_store.hpp"

#include <vector>

using namespace allot_test;
using allot::detail::none;
using outcome = allot::detail::relocation::outcome;

namespace {

constexpr std::size_t g = 16;
constexpr std::size_t base = 0x40000;

// A row of chunks; the test frees some and resizes another. The books follow.
template <class Store>
struct row : Store {
    std::vector<std::size_t> chunk;

    explicit row(sizes granules) {
        REQUIRE(this->add(base, 0x10000) == allot::region_status::ok);
        for (const std::size_t n : granules) chunk.push_back(this->take(n * g));
    }
    auto resizer() { return allot::detail::resize<typename Store::store_type>(this->store); }
    std::size_t size_of(std::size_t of) const { return this->store.chunks().size_of(of); }

    bool in_place(std::size_t of, std::size_t granules) { return resizer().in_place(of, granules * g); }
    std::size_t move_down(std::size_t of, std::size_t granules, std::size_t alignment = g) {
        return resizer().move_down(of, {granules * g, alignment});
    }
};

/// Chunks of up to eight granules wait.
struct deferred : granule_16_compact {
    static constexpr auto coalescing = allot::coalescing::deferred;
    static constexpr std::size_t cached_chunk_limit = 8 * g;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("resize: shorter in place, the tail joins what is free above", "", granule_16_stores) {
    row<TestType> heap({10, 4});
    CHECK(heap.in_place(heap.chunk[0], 6));
    CHECK(heap.shape() == "[6] 4 [4] rest");
    CHECK(heap.in_place(heap.chunk[0], 3));
    CHECK(heap.shape() == "[3] 7 [4] rest");
    CHECK(heap.in_place(heap.chunk[1], 2));
    CHECK(heap.shape() == "[3] 7 [2] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: a tail too small to be a chunk stays", "", granule_16_stores) {
    const std::size_t least = TestType::chunks_type::min_chunk / g;
    row<TestType> heap({10, 4});
    CHECK(heap.in_place(heap.chunk[0], 10 - least + 1));
    CHECK(heap.size_of(heap.chunk[0]) == 10 * g);
    CHECK(heap.in_place(heap.chunk[0], 10));
    CHECK(heap.shape() == "[10] [4] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: longer in place takes what it needs of the free chunk above", "", granule_16_stores) {
    row<TestType> heap({4, 10, 4});
    heap.put(heap.chunk[1]);
    CHECK(heap.in_place(heap.chunk[0], 9));
    CHECK(heap.shape() == "[9] 5 [4] rest");
    CHECK(heap.in_place(heap.chunk[0], 14));
    CHECK(heap.shape() == "[14] [4] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: longer than what is free above is refused and nothing changes", "",
                        granule_16_stores) {
    row<TestType> heap({4, 10, 4});
    CHECK_FALSE(heap.in_place(heap.chunk[0], 5));
    heap.put(heap.chunk[1]);
    CHECK_FALSE(heap.in_place(heap.chunk[0], 15));
    CHECK(heap.shape() == "[4] 10 [4] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: the top and the remainder are free chunks above like any other", "",
                        granule_16_stores) {
    row<TestType> heap({4, 10, 4});
    heap.put(heap.chunk[1]);
    const std::size_t cut = heap.take(4 * g);
    REQUIRE(heap.store.index().remainder().chunk == cut + 4 * g);
    CHECK(heap.in_place(cut, 6));
    CHECK(heap.in_place(heap.chunk[2], 100));
    CHECK(heap.shape() == "[4] [6] 4 [100] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: downward over itself takes what it needs, and leaves what is free beyond", "",
                        granule_16_stores) {
    row<TestType> heap({2, 10, 4, 6, 2});
    heap.put(heap.chunk[1]);
    heap.put(heap.chunk[3]);
    CHECK(heap.move_down(heap.chunk[2], 15) == heap.chunk[1]);
    CHECK(heap.shape() == "[2] [15] 5 [2] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: downward over itself, the old end is taken until the payload was copied", "",
                        granule_16_stores) {
    row<TestType> heap({2, 10, 8, 6, 2});
    heap.put(heap.chunk[1]);
    heap.put(heap.chunk[3]);
    const std::size_t owned = heap.store.in_use_bytes();
    CHECK(heap.move_down(heap.chunk[2], 14) == heap.chunk[1]);
    heap.store.counted().departed(4 * g);
    CHECK(heap.shape() == "[2] [18] 6 [2] rest");
    CHECK(heap.store.peak_in_use_bytes() == owned + 16 * g);  // what was put before was a peak
    CHECK(heap.store.in_use_bytes() == owned + 10 * g);
    CHECK(heap.is_sound());
    heap.resizer().land(heap.chunk[1], outcome::down, {14 * g});
    CHECK(heap.shape() == "[2] [14] 10 [2] rest");
    CHECK(heap.store.in_use_bytes() == owned + 6 * g);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: downward to a place that ends below is a chunk of its own, and all between stays free",
                        "", granule_16_stores) {
    row<TestType> heap({2, 20, 4, 6, 2});
    heap.put(heap.chunk[1]);
    heap.put(heap.chunk[3]);
    CHECK(heap.move_down(heap.chunk[2], 12) == heap.chunk[1]);
    CHECK(heap.shape() == "[2] [12] 8 [4] 6 [2] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE(
    "resize: downward and shorter: what was owned before was a peak, what was taken on the way was none", "",
    granule_16_stores) {
    row<TestType> heap({2, 10, 20, 6, 2});
    heap.put(heap.chunk[1]);
    heap.put(heap.chunk[3]);
    heap.take(100 * g);
    const std::size_t before = heap.store.in_use_bytes();
    REQUIRE(heap.move_down(heap.chunk[2], 5) == heap.chunk[1]);
    heap.store.counted().departed(20 * g);
    CHECK(heap.store.peak_in_use_bytes() == before);
    CHECK(heap.is_sound());
    heap.resizer().land(heap.chunk[2], outcome::moved, {});
    CHECK(heap.store.in_use_bytes() == before - 15 * g);
    CHECK(heap.store.peak_in_use_bytes() == before);
    CHECK(heap.shape() == "[2] [5] 31 [2] [100] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: downward without anything free above", "", granule_16_stores) {
    row<TestType> heap({2, 10, 4, 2});
    heap.put(heap.chunk[1]);
    CHECK(heap.move_down(heap.chunk[2], 15) == none);
    CHECK(heap.shape() == "[2] 10 [4] [2] rest");
    CHECK(heap.move_down(heap.chunk[2], 14) == heap.chunk[1]);
    CHECK(heap.shape() == "[2] [14] [2] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: downward is refused where nothing below is free", "", granule_16_stores) {
    row<TestType> heap({2, 10, 4});
    CHECK(heap.move_down(heap.chunk[1], 3) == none);
    CHECK(heap.move_down(heap.chunk[0], 3) == none);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: downward to the lowest aligned place, and what is below that stays free", "",
                        granule_16_stores) {
    for (const std::size_t alignment : sizes{32, 64, 128, 512}) {
        row<TestType> heap({3, 80, 4, 2});
        heap.put(heap.chunk[1]);
        const std::size_t claimed = heap.move_down(heap.chunk[2], 20, alignment);
        REQUIRE(claimed != none);
        CHECK((claimed + TestType::chunks_type::word_bytes) % alignment == 0);
        CHECK(claimed < heap.chunk[1] + alignment + TestType::chunks_type::min_chunk);
        CHECK(heap.is_sound());
    }
}

TEMPLATE_LIST_TEST_CASE("resize: an aligned place that is not below the chunk is none", "", granule_16_stores) {
    row<TestType> heap({3, 6, 4, 300, 2});
    heap.put(heap.chunk[1]);
    heap.put(heap.chunk[3]);
    CHECK(heap.move_down(heap.chunk[2], 20, 4096) == none);
    CHECK(heap.shape() == "[3] 6 [4] 300 [2] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: beside stays if it can, else goes down, else nowhere", "", granule_16_stores) {
    row<TestType> heap({2, 10, 4, 6, 2});
    const auto beside = [&](std::size_t granules) { return heap.resizer().beside(heap.chunk[2], {granules * g, g}); };
    CHECK(beside(5) == none);
    heap.put(heap.chunk[3]);
    CHECK(beside(5) == heap.chunk[2]);
    heap.put(heap.chunk[1]);
    CHECK(beside(10) == heap.chunk[2]);
    CHECK(beside(11) == heap.chunk[1]);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("resize: a payload is relocated in place, else downward, else away, else not at all", "",
                        granule_16_stores) {
    const auto relocated = [](row<TestType>& heap, std::size_t granules) {
        return heap.resizer().relocate(heap.chunk[2], {granules * g, g}, {1});
    };
    row<TestType> up({2, 4, 4, 6, 2});
    up.put(up.chunk[3]);
    CHECK(relocated(up, 10).how == outcome::stayed);
    CHECK(up.shape() == "[2] [4] [10] [2] rest");
    row<TestType> down({2, 10, 4, 2});
    down.put(down.chunk[1]);
    const std::size_t owned = down.store.in_use_bytes();
    const allot::detail::relocation moved = relocated(down, 12);
    CHECK(moved.how == outcome::down);
    CHECK(moved.bytes == 1);
    CHECK(moved.to == TestType::chunks_type::payload_of(down.chunk[1]));
    CHECK(down.store.peak_in_use_bytes() == owned + 10 * g);
    down.resizer().land(down.chunk[1], moved.how, {12 * g});
    CHECK(down.shape() == "[2] [12] 2 [2] rest");
    CHECK(down.store.in_use_bytes() == owned + 8 * g);
    row<TestType> away({2, 4, 4, 2});
    CHECK(relocated(away, 10).how == outcome::moved);
    away.resizer().land(away.chunk[2], outcome::moved, {});
    CHECK(away.shape() == "[2] [4] 4 [2] [10] rest");
    CHECK(away.is_sound());
    row<TestType> nowhere({2, 4, 4, 2});
    const std::string before = nowhere.shape();
    CHECK(relocated(nowhere, 0x10000).how == outcome::failed);
    CHECK(nowhere.shape() == before);
    CHECK(nowhere.is_sound());
}

TEST_CASE(
    "resize: what waits above is merged for a chunk that has room with it, though all that is free is less than it "
    "wants") {
    row<sparse_store<deferred, std::uint32_t>> heap({8, 8, 8});
    while (heap.take(2 * g) != none) {
    }
    heap.put(heap.chunk[1]);
    REQUIRE(heap.store.free_bytes() < 16 * g);
    CHECK(heap.resizer().relocate(heap.chunk[0], {17 * g, g}, {0}).how == outcome::failed);
    CHECK(heap.store.cache().bytes() == heap.store.free_bytes());
    CHECK(heap.resizer().relocate(heap.chunk[0], {16 * g, g}, {0}).how == outcome::stayed);
    CHECK(heap.size_of(heap.chunk[0]) == 16 * g);
    CHECK(heap.is_sound());
}
