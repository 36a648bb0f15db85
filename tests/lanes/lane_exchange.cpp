// What moves between a lane and its store, and what is a corruption on the way.
#include <allot/lanes/lane_exchange.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/sparse_store.hpp"

#include <array>
#include <tuple>

using namespace allot_test;
using allot::detail::none;

namespace {

constexpr std::size_t g = 16;
constexpr std::size_t limit = 6144;

struct laned_traits : reporting<allot::default_traits> {
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 20;
    static constexpr std::size_t cached_chunk_limit = 128;
    static constexpr std::size_t lane_bytes_limit = limit;
};
struct laned_compact : laned_traits {
    static constexpr auto links = allot::links::compact;
};

using laned_stores = joined<
    if_word_fits<std::uint64_t, sparse_store<laned_traits, std::uint64_t>, sparse_store<laned_compact, std::uint64_t>>,
    std::tuple<sparse_store<laned_compact, std::uint32_t>>>;

template <class Store>
struct given : Store {
    using store_type = typename Store::store_type;
    using chunks_type = typename Store::chunks_type;

    allot::detail::lane<store_type> lane;
    allot::detail::lane_exchange<store_type> exchange{this->store, lane};

    given() { REQUIRE(this->add(0x40000, 0x4000) == allot::region_status::ok); }

    void let_wait(std::size_t size) {
        const std::size_t chunk = this->take(size);
        exchange.learn_region_of(chunks_type::payload_of(chunk));
        REQUIRE(lane.put(chunk, {0}));
    }

    /// Fills the lane up to its limit, with chunks of two sizes.
    void overfill() {
        for (int i = 0; i < 24; ++i) let_wait(8 * g);
        while (lane.has_room()) let_wait(6 * g);
    }

    /// How many chunks of each size wait, the size in granules.
    std::array<std::size_t, 9> counts() const {
        std::array<std::size_t, 9> found{};
        const auto may_start_chunk = [this](std::size_t chunk) { return this->store.inspect().may_start_chunk(chunk); };
        REQUIRE(lane.for_each(may_start_chunk, [&](std::size_t, std::size_t size) { ++found[size / g]; }));
        return found;
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("lane_exchange: a lane that has none gets one for the caller and some to wait", "",
                        laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.exchange.refill(4 * g);
    REQUIRE(chunk != none);
    CHECK(heap.lane.knows(chunk));
    CHECK(heap.lane.count() == 15);
    CHECK(heap.lane.bytes() == 15 * 4 * g);
    CHECK(heap.is_sound());
    for (std::size_t i = 0; i < 15; ++i) CHECK(heap.lane.take(4 * g) != none);
    CHECK(heap.lane.take(4 * g) == none);
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: what it gets lies side by side, on cache lines of its own", "", laned_stores) {
    constexpr std::size_t line = allot::detail::cache_line_bytes;
    const auto size = GENERATE(4 * g, 7 * g, 16 * g);
    given<TestType> heap;
    for (int rows = 0; rows < 2; ++rows) {
        const std::size_t row = heap.exchange.refill(size);
        CHECK(TestType::chunks_type::payload_of(row) % line == 0);
        std::size_t highest = row;
        for (std::size_t i = 1; i < 16; ++i) {
            const std::size_t chunk = heap.lane.take(size);
            CHECK((chunk - row) % size == 0);
            if (chunk > highest) highest = chunk;
        }
        CHECK(highest == row + 15 * size);
        CHECK(heap.lane.bytes() == 0);
        CHECK(heap.store.in_use_chunks() == 16U * static_cast<std::size_t>(rows + 1));
        CHECK(heap.is_sound());
    }
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: what a caller gets does not look as if it waited, whatever lay there before",
                        "", laned_stores) {
    given<TestType> heap;
    auto& chunks = heap.store.chunks();
    for (std::size_t at = 0x40000 + g - chunks.word_bytes; at < 0x44000 - 8 * g; at += g) {
        const bool is_free_room = at > heap.store.index().top().chunk + g;
        if (is_free_room) chunks.mark_waiting(at);
    }
    for (const std::size_t size : {2 * g, 4 * g, 16 * g}) {
        const std::size_t chunk = heap.exchange.refill(size);
        REQUIRE(chunk != none);
        CHECK_FALSE(chunks.is_marked_waiting(chunk));
    }
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: of what lay free in its size it gets that first", "", laned_stores) {
    given<TestType> heap;
    const std::size_t hole = heap.take(12 * g);
    heap.take(2 * g);
    heap.store.put(hole, {12 * g});
    heap.store.coalesce_cached();
    CHECK(heap.exchange.refill(12 * g) == hole);
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: a lane without room gets nothing to wait", "", laned_stores) {
    given<TestType> heap;
    heap.overfill();
    const std::size_t waiting = heap.lane.count();
    CHECK(heap.exchange.refill(4 * g) != none);
    CHECK(heap.lane.count() == waiting);
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: when memory is short the caller is served first, then nobody", "",
                        laned_stores) {
    given<TestType> heap;
    while (heap.store.take({9 * g, g}) != none) {
    }
    while (heap.store.take({4 * g, g}) != none) {
    }
    CHECK(heap.exchange.refill(4 * g) == none);
    CHECK(heap.lane.bytes() == 0);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: a full lane is spilled in part, one with room not at all", "", laned_stores) {
    given<TestType> heap;
    heap.overfill();
    const std::size_t waiting = heap.lane.count();
    const std::size_t bytes = heap.lane.bytes();
    heap.exchange.spill();
    CHECK(heap.lane.count() == waiting - 32);
    CHECK(heap.store.cache().bytes() + heap.lane.bytes() == bytes);
    heap.exchange.spill();  // there is room now
    CHECK(heap.lane.count() == waiting - 32);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: what is too large for its list, and too small to cut, does not wait", "",
                        laned_stores) {
    given<TestType> heap;
    const std::size_t odd = 4 * g + TestType::chunks_type::min_chunk - g;
    std::size_t holes[3];
    for (std::size_t& hole : holes) {
        hole = heap.take(odd);
        heap.take(2 * g);
    }
    for (const std::size_t hole : holes) heap.store.put(hole, {odd});
    heap.store.coalesce_cached();
    CHECK(heap.exchange.refill(4 * g) != none);
    static_cast<void>(heap.counts());
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: a spill takes from every list in turn", "", laned_stores) {
    given<TestType> heap;
    heap.overfill();
    const auto before = heap.counts();
    heap.exchange.spill();
    const auto after = heap.counts();
    CHECK(before[8] - after[8] == 16);
    CHECK(before[6] - after[6] == 16);
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: a lane that was spilled whole leaves the heap whole", "", laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.exchange.refill(4 * g);
    REQUIRE(heap.lane.put(chunk, {0}));
    heap.lane.forget_regions();  // whatever region it has seen last
    heap.exchange.spill_all();
    CHECK(heap.lane.bytes() == 0);
    heap.store.coalesce_cached();
    CHECK(heap.is_whole());
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: a chunk of another region than the lane knows is taken all the same", "",
                        laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.exchange.refill(4 * g);
    while (heap.lane.take(4 * g) != none) {
    }
    REQUIRE(heap.lane.put(chunk, {0}));
    REQUIRE(heap.add(0x60000, 0x1000) == allot::region_status::ok);
    heap.lane.forget_regions();
    heap.lane.learn_region(heap.store.chunks());
    CHECK(heap.lane.take(4 * g) == none);
    CHECK(heap.exchange.refill(4 * g) == chunk);
    CHECK(heap.lane.knows(chunk));
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: no lane learns the region of a payload that nobody owns", "", laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.take(10 * g);
    heap.take(2 * g);
    heap.store.put(chunk, {10 * g});
    const auto end_of_learning = [&](std::size_t payload) {
        return end_of([&] { heap.exchange.learn_region_of(payload); });
    };
    using chunks_type = typename TestType::chunks_type;
    CHECK(end_of_learning(chunks_type::payload_of(chunk)) == "double_free");
    CHECK(end_of_learning(0x90000) == "foreign_pointer");
    CHECK(end_of_learning(chunks_type::payload_of(chunk) + 1) == "misaligned_pointer");
}

TEMPLATE_LIST_TEST_CASE("lane_exchange: a broken list is a corruption when it is needed", "", laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.exchange.refill(4 * g);
    REQUIRE(heap.lane.put(chunk, {0}));
    heap.store.chunks().unmark_waiting(chunk);
    CHECK(heap.lane.take(4 * g) == none);
    CHECK(end_of([&] { heap.exchange.refill(4 * g); }) == "broken_link");
    CHECK(end_of([&] { heap.exchange.spill_all(); }) == "broken_link");
}
