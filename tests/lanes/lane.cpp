// Chunks that wait in front of the heap: which are kept, how they are told apart, what is believed of them.
#include <allot/lanes/lane.hpp>

#include "support/catch.hpp"
#include "support/sparse_store.hpp"

#include <tuple>
#include <vector>

using namespace allot_test;
using allot::detail::none;

namespace {

struct laned_traits : allot::default_traits {
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 20;
    static constexpr std::size_t cached_chunk_limit = 128;
    static constexpr std::size_t lane_bytes_limit = 256;
};
struct laned_compact : laned_traits {
    static constexpr auto links = allot::links::compact;
};

struct all_exact : allot::default_traits {
    static constexpr std::size_t cached_chunk_limit = exact_bin_limit;
};

using laned_stores = joined<
    if_word_fits<std::uint64_t, sparse_store<laned_traits, std::uint64_t>, sparse_store<laned_compact, std::uint64_t>>,
    std::tuple<sparse_store<laned_compact, std::uint32_t>>>;

constexpr std::size_t g = 16;

template <class Store>
struct given : Store {
    using store_type = typename Store::store_type;
    using chunks_type = typename Store::chunks_type;

    allot::detail::lane<store_type> lane;

    given() {
        REQUIRE(this->add(0x40000, 0x4000) == allot::region_status::ok);
        lane.learn_region(this->store.chunks());
        lane.limit_to(store_type::knobs::lane_bytes_limit);
    }

    bool put(std::size_t chunk, std::size_t payload_size = 0) { return lane.put(chunk, {payload_size}); }
    std::size_t header(std::size_t chunk) const { return this->store.chunks().header_of(chunk); }
    void set_word(std::size_t address, std::size_t value) { this->store.chunks().set_word(address, value); }

    std::vector<std::size_t> waiting() const {
        std::vector<std::size_t> found;
        is_sound_lane =
            lane.for_each([this](std::size_t chunk) { return this->store.inspect().may_start_chunk(chunk); },
                          [&](std::size_t chunk, std::size_t) { found.push_back(chunk); });
        return found;
    }
    mutable bool is_sound_lane = false;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("lane: a small chunk waits for a request of its size, the last one first", "", laned_stores) {
    given<TestType> heap;
    const std::size_t first = heap.take(4 * g);
    const std::size_t second = heap.take(4 * g);
    CHECK(heap.put(first));
    CHECK(heap.put(second));
    CHECK(heap.lane.bytes() == 8 * g);
    CHECK(heap.lane.count() == 2);
    CHECK(heap.lane.take(5 * g) == none);
    CHECK(heap.lane.take(4 * g) == second);
    CHECK(heap.lane.take(4 * g) == first);
    CHECK(heap.lane.take(4 * g) == none);
    CHECK(heap.lane.bytes() == 0);
}

TEMPLATE_LIST_TEST_CASE("lane: to the heap a waiting chunk is in use, and its header is not written", "",
                        laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.take(4 * g);
    const std::size_t before = heap.header(chunk);
    REQUIRE(heap.put(chunk));
    CHECK(heap.header(chunk) == before);
    CHECK(heap.shape() == "[4] rest");
    CHECK(heap.is_sound());
    CHECK(heap.store.chunks().is_marked_waiting(chunk));
    REQUIRE(heap.lane.take(4 * g) == chunk);
    CHECK(heap.header(chunk) == before);
    CHECK_FALSE(heap.store.chunks().is_marked_waiting(chunk));
}

TEMPLATE_LIST_TEST_CASE("lane: a chunk above a free one waits too", "", laned_stores) {
    given<TestType> heap;
    const std::size_t below = heap.take(10 * g);
    const std::size_t chunk = heap.take(4 * g);
    heap.take(2 * g);
    heap.store.put(below, {10 * g});
    REQUIRE(heap.put(chunk));
    CHECK(heap.shape() == "10 [4] [2] rest");
    CHECK(heap.lane.take(4 * g) == chunk);
}

TEMPLATE_LIST_TEST_CASE("lane: what it cannot keep is the heap's to judge", "", laned_stores) {
    given<TestType> heap;
    const std::size_t large = heap.take(17 * g);
    const std::size_t small = heap.take(4 * g);
    const std::size_t cached = heap.take(4 * g);
    const std::size_t freed = heap.take(10 * g);
    heap.take(2 * g);
    heap.store.put(cached, {4 * g});
    heap.store.put(freed, {10 * g});
    CHECK_FALSE(heap.put(large));
    CHECK_FALSE(heap.put(small, 4 * g));  // no room for so many bytes
    CHECK_FALSE(heap.put(cached));
    CHECK_FALSE(heap.put(freed));
    REQUIRE(heap.put(small));
    CHECK_FALSE(heap.put(small));  // it waits already
    CHECK(heap.waiting() == std::vector<std::size_t>{small});
    heap.set_word(large, 6 * g | 3);  // a header that leads into the payload
    heap.set_word(large + 6 * g, 0);
    CHECK_FALSE(heap.put(large));
}

TEMPLATE_LIST_TEST_CASE("lane: keeps chunks twice as large as cached ones, if such have bins of their own", "",
                        laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.take(16 * g);
    heap.take(2 * g);
    REQUIRE(heap.put(chunk));
    CHECK(heap.waiting() == std::vector<std::size_t>{chunk});
    CHECK(heap.lane.take(16 * g) == chunk);

    using usual_store = sparse_store<allot::default_traits, std::size_t>::store_type;
    using all_exact_store = sparse_store<all_exact, std::size_t>::store_type;
    STATIC_REQUIRE(allot::detail::waiting_limit<usual_store> == 2 * allot::default_traits::cached_chunk_limit);
    STATIC_REQUIRE(allot::detail::waiting_limit<all_exact_store> == all_exact::exact_bin_limit);
}

TEMPLATE_LIST_TEST_CASE("lane: knows only where the largest chunk that it may keep ends in the region", "",
                        laned_stores) {
    given<TestType> heap;
    const allot::detail::tiled_span region = heap.store.chunks().hot();
    const std::size_t end = region.first + region.bytes;
    CHECK(heap.lane.knows(end - 17 * g));
    CHECK_FALSE(heap.lane.knows(end - 15 * g));
    REQUIRE(heap.add(0x90000, 12 * g) == allot::region_status::ok);  // smaller than that
    heap.lane.learn_region(heap.store.chunks());
    CHECK_FALSE(heap.lane.knows(heap.store.chunks().hot().first));
}

TEMPLATE_LIST_TEST_CASE("lane: has room up to its limit of bytes", "", laned_stores) {
    given<TestType> heap;
    for (std::size_t bytes = 0; bytes < 256; bytes += 4 * g) {
        CHECK(heap.lane.has_room());
        REQUIRE(heap.put(heap.take(4 * g)));
    }
    CHECK_FALSE(heap.lane.has_room());
}

TEMPLATE_LIST_TEST_CASE("lane: believes nothing outside the region it was shown", "", laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.take(4 * g);
    CHECK(heap.lane.knows(chunk));
    CHECK_FALSE(heap.lane.knows(chunk + 8));
    CHECK_FALSE(heap.lane.knows(0x80000));
    REQUIRE(heap.put(chunk));
    heap.lane.forget_regions();
    CHECK_FALSE(heap.lane.knows(chunk));
    CHECK(heap.lane.take(4 * g) == none);
    CHECK(heap.lane.peek(4 * g) == chunk);
}

TEMPLATE_LIST_TEST_CASE("lane: knows each of the last eight regions that it was shown", "", laned_stores) {
    given<TestType> heap;
    std::vector<std::size_t> chunks{heap.take(4 * g)};
    for (std::size_t i = 1; i < 9; ++i) {
        const std::size_t base = 0x40000 + i * 0x8000;
        REQUIRE(heap.add(base, 0x4000) == allot::region_status::ok);
        REQUIRE(heap.store.regions().visit(heap.store.chunks(), base + 0x1008));
        heap.lane.learn_region(heap.store.chunks());
        chunks.push_back(base + 0x1000 + g - heap.store.chunks().word_bytes);
    }
    CHECK_FALSE(heap.lane.knows(chunks[0]));
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 1; i < 9; ++i) CHECK(heap.lane.knows(chunks[i]));
    }
    CHECK_FALSE(heap.lane.knows(chunks[3] + 8));
    CHECK_FALSE(heap.lane.knows(0x48000 - 0x1000));
    CHECK(heap.lane.knows(chunks[8]));
    heap.lane.forget_regions();
    for (const std::size_t chunk : chunks) CHECK_FALSE(heap.lane.knows(chunk));
}

TEMPLATE_LIST_TEST_CASE("lane: an overwritten chunk is not handed out, and the walk stops there", "", laned_stores) {
    given<TestType> heap;
    const std::size_t chunk = heap.take(4 * g);
    const std::size_t other = heap.take(5 * g);
    REQUIRE(heap.put(chunk));
    REQUIRE(heap.put(other));
    CHECK(heap.waiting() == std::vector<std::size_t>{chunk, other});
    CHECK(heap.is_sound_lane);
    SECTION("the mark") { heap.store.chunks().unmark_waiting(chunk); }
    SECTION("the header") { heap.set_word(chunk, 5 * g | 3); }
    CHECK(heap.lane.take(4 * g) == none);
    CHECK(heap.waiting().empty());
    CHECK_FALSE(heap.is_sound_lane);
}

TEMPLATE_LIST_TEST_CASE("lane: a list that leads in a circle ends", "", laned_stores) {
    given<TestType> heap;
    const std::size_t first = heap.take(4 * g);
    const std::size_t second = heap.take(4 * g);
    REQUIRE(heap.put(first));
    REQUIRE(heap.put(second));
    auto& chunks = heap.store.chunks();
    chunks.set_next_cached(first, chunks.link_to(second));
    chunks.mark_waiting(first);
    CHECK(heap.waiting().size() == 2);
    CHECK_FALSE(heap.is_sound_lane);
}

TEMPLATE_LIST_TEST_CASE("lane: a lane that has fewer gets the list of another, counts and all", "", laned_stores) {
    given<TestType> heap;
    allot::detail::lane<typename TestType::store_type> other;
    for (int i = 0; i < 2; ++i) REQUIRE(heap.put(heap.take(4 * g)));
    REQUIRE(heap.put(heap.take(3 * g)));
    CHECK_FALSE(heap.lane.swap_for_chunks(other, 4 * g));
    REQUIRE(other.swap_for_chunks(heap.lane, 4 * g));
    CHECK(heap.lane.count_of(4 * g) == 0);
    CHECK(heap.lane.count() == 1);
    CHECK(heap.lane.bytes() == 3 * g);
    CHECK(other.count_of(4 * g) == 2);
    CHECK(other.bytes() == 8 * g);
    CHECK(other.has_room());
    const std::size_t chunk = other.take(4 * g);
    CHECK(chunk != none);  // it knows the region from its partner
    CHECK(heap.waiting().size() == 1);
    CHECK(heap.is_sound_lane);
    REQUIRE(heap.lane.swap_for_chunks(other, 4 * g));
    CHECK(other.bytes() == 0);
    CHECK(heap.waiting().size() == 2);
    CHECK(heap.is_sound_lane);
}

TEMPLATE_LIST_TEST_CASE("lane: a whole bundle is left to a lane that has none of its size, and to no other", "",
                        laned_stores) {
    given<TestType> heap;
    allot::detail::lane<typename TestType::store_type> depot;
    const auto put = [&] {
        const std::size_t chunk = heap.take(4 * g);
        return heap.lane.put_in_bundle(chunk, {0}) || !heap.put(chunk);
    };
    REQUIRE(heap.put(heap.take(4 * g)));  // and now it knows the region
    CHECK_FALSE(heap.lane.leave_bundle(depot, 4 * g));
    for (int i = 1; i < 63; ++i) REQUIRE(put());
    const std::size_t last = heap.take(4 * g);
    CHECK_FALSE(heap.lane.put_in_bundle(last, {0}));
    CHECK(heap.lane.count_of(4 * g) == 63);
    REQUIRE(heap.lane.leave_bundle(depot, 4 * g));
    CHECK(depot.count_of(4 * g) == 63);
    CHECK(heap.lane.count_of(4 * g) == 0);
    CHECK(heap.lane.put_in_bundle(last, {0}));
    for (int i = 1; i < 63; ++i) REQUIRE(put());
    CHECK_FALSE(heap.lane.leave_bundle(depot, 4 * g));
    CHECK(heap.lane.put(heap.take(4 * g), {0}));  // it is kept all the same where the depot has some
    CHECK(put());
    depot.limit_to(0);
    REQUIRE(heap.put(heap.take(3 * g)));
    CHECK_FALSE(heap.lane.leave_bundle(depot, 3 * g));
}
