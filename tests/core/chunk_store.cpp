// Chunks that wait to be coalesced: which are cached, when they are used again, when they are merged.
#include <allot/core/chunk_store.hpp>

#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_store.hpp"

#include <tuple>

using namespace allot_test;
using allot::detail::none;

namespace {

struct deferred_traits : allot::default_traits {
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 20;
    static constexpr std::size_t cached_chunk_limit = 128;
    static constexpr std::size_t cached_bytes_limit = 512;
};
struct deferred_compact : deferred_traits {
    static constexpr auto links = allot::links::compact;
};
struct roomy_traits : deferred_compact {
    static constexpr std::size_t cached_bytes_limit = 2048;
};
struct immediate_traits : deferred_traits {
    static constexpr auto coalescing = allot::coalescing::immediate;
};

using deferred_stores = joined<if_word_fits<std::uint64_t, sparse_store<deferred_traits, std::uint64_t>,
                                            sparse_store<deferred_compact, std::uint64_t>>,
                               std::tuple<sparse_store<deferred_compact, std::uint32_t>>>;

constexpr std::size_t g = 16;

template <class Store>
struct given : Store {
    given() { REQUIRE(this->add(0x40000, 0x4000) == allot::region_status::ok); }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("chunk_store: small chunks are kept as they are, larger ones are merged", "", deferred_stores) {
    given<TestType> heap;
    const std::size_t small = heap.take(4 * g);
    const std::size_t limit = heap.take(8 * g);
    const std::size_t large = heap.take(9 * g);
    heap.take(2 * g);
    heap.put(small);
    heap.put(limit);
    heap.put(large);
    CHECK(heap.shape() == "(4) (8) 9 [2] rest");
    CHECK(heap.store.cache().bytes() == 12 * g);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: a cached chunk serves the next request of its size, last one first", "",
                        deferred_stores) {
    given<TestType> heap;
    const std::size_t first = heap.take(4 * g);
    const std::size_t second = heap.take(4 * g);
    heap.put(first);
    heap.put(second);
    CHECK(heap.take(4 * g) == second);
    CHECK(heap.take(4 * g) == first);
    CHECK(heap.shape() == "[4] [4] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: a cached chunk serves an aligned request if it happens to be aligned", "",
                        deferred_stores) {
    given<TestType> heap;
    const std::size_t aligned = heap.take(4 * g, 256);
    const std::size_t plain = heap.take(6 * g);
    heap.put(plain);
    heap.put(aligned);
    CHECK(heap.take(6 * g, 1024) != plain);
    CHECK(heap.take(4 * g, 256) == aligned);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: the short way takes the same chunk, and none that is not cached", "",
                        deferred_stores) {
    given<TestType> heap;
    std::size_t taken = 0;
    CHECK_FALSE(heap.store.take_cached(4 * g, taken));
    const std::size_t chunk = heap.take(4 * g);
    CHECK_FALSE(heap.store.put_small(heap.take(20 * g), {0}));
    CHECK_FALSE(heap.store.put_small(chunk, {4 * g}));
    CHECK(heap.store.put_small(chunk, {4 * g - TestType::chunks_type::word_bytes}));
    CHECK_FALSE(heap.store.put_small(chunk, {0}));
    CHECK_FALSE(heap.store.put_small(chunk + 8, {0}));
    CHECK(heap.shape() == "(4) [20] rest");
    CHECK(heap.is_sound());
    CHECK(heap.store.take_cached(4 * g, taken));
    CHECK(taken == chunk);
    CHECK(heap.shape() == "[4] [20] rest");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: a small chunk above a free one is merged at once", "", deferred_stores) {
    given<TestType> heap;
    const std::size_t large = heap.take(20 * g);
    const std::size_t small = heap.take(4 * g);
    heap.put(large);
    CHECK_FALSE(heap.store.put_small(small, {0}));
    heap.put(small);
    CHECK(heap.store.cache().bytes() == 0);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: the cache never holds more than the limit of bytes", "", deferred_stores) {
    given<TestType> heap;
    std::vector<std::size_t> chunks;
    for (int i = 0; i < 60; ++i) chunks.push_back(heap.take((2 + static_cast<std::size_t>(i) % 5) * g));
    for (const std::size_t chunk : chunks) {
        heap.put(chunk);
        REQUIRE(heap.store.cache().bytes() <= deferred_traits::cached_bytes_limit);
        REQUIRE(heap.is_sound());
    }
    heap.store.coalesce_cached();
    CHECK(heap.store.cache().bytes() == 0);
    CHECK(heap.is_whole());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: a full cache merges what is freed and makes room for it by what waits", "",
                        deferred_stores) {
    given<TestType> heap;
    std::vector<std::size_t> waiting;
    std::vector<std::size_t> freed;
    for (std::size_t bytes = 0; bytes < deferred_traits::cached_bytes_limit; bytes += 8 * g)
        waiting.push_back(heap.take(8 * g));
    for (int i = 0; i < 40; ++i) {
        freed.push_back(heap.take(2 * g));
        heap.take(2 * g);  // keeps them apart
    }
    for (const std::size_t chunk : waiting) heap.put(chunk);
    REQUIRE(heap.store.cache().bytes() == deferred_traits::cached_bytes_limit);
    CHECK_FALSE(heap.store.put_small(freed[0], {0}));
    heap.put(freed[0]);
    CHECK_FALSE(heap.store.chunks().is_in_use(freed[0]));
    CHECK(heap.store.cache().bytes() >= deferred_traits::cached_bytes_limit - 8 * g);
    for (std::size_t i = 1; i < freed.size(); ++i) heap.put(freed[i]);
    CHECK(heap.store.cache().peek(heap.store.chunks(), 2 * g) != none);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: a heap that held much more is whole when all of it has come back", "",
                        deferred_stores) {
    const std::size_t other = GENERATE(as<std::size_t>{}, 4, 9);
    const std::size_t last = GENERATE(as<std::size_t>{}, 2, 4, 8, 20);
    const int others = GENERATE(range(60, 80));
    given<TestType> heap;
    const std::size_t lowest = heap.take(last * g);
    std::vector<std::size_t> chunks;
    for (int i = 0; i < others; ++i) chunks.push_back(heap.take(other * g));
    chunks.push_back(lowest);
    for (const std::size_t chunk : chunks) heap.put(chunk);
    CHECK(heap.store.cache().bytes() == 0);
    CHECK(heap.is_whole());
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: a heap that never held much more than waits keeps it", "", deferred_stores) {
    const std::size_t count = GENERATE(as<std::size_t>{}, 3, 7);
    given<TestType> heap;
    std::vector<std::size_t> chunks;
    for (std::size_t i = 0; i < count; ++i) chunks.push_back(heap.take(8 * g));
    while (!chunks.empty()) {
        heap.put(chunks.back());
        chunks.pop_back();
    }
    CHECK(heap.store.cache().bytes() >= 24 * g);
}

TEMPLATE_LIST_TEST_CASE(
    "chunk_store: far below its peak a heap lets wait what there is room for when a large chunk comes back", "",
    deferred_stores) {
    given<TestType> heap;
    const std::size_t large = heap.take(400 * g);
    const std::size_t kept = heap.take(20 * g);
    const std::size_t small = heap.take(2 * g);
    const std::size_t other = heap.take(20 * g);
    heap.take(20 * g);
    heap.put(large);
    heap.put(small);
    REQUIRE(heap.store.cache().bytes() == 2 * g);
    heap.put(other);
    CHECK(heap.store.cache().bytes() == 2 * g);
    heap.put(kept);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: far below its peak a heap lets less wait than before, until it grows", "",
                        deferred_stores) {
    given<TestType> heap;
    std::vector<std::size_t> chunks;
    for (int i = 0; i < 60; ++i) chunks.push_back(heap.take(4 * g));
    const auto put_last = [&] {
        heap.put(chunks.back());
        chunks.pop_back();
        return heap.store.cache().bytes();
    };
    while (chunks.size() > 3) put_last();
    const std::size_t waiting = heap.store.cache().bytes();
    CHECK(put_last() < waiting);
    CHECK(put_last() < waiting - 4 * g);
    for (int i = 0; i < 30; ++i) chunks.push_back(heap.take(4 * g));
    for (int i = 0; i < 8; ++i) put_last();
    CHECK(heap.store.cache().bytes() >= deferred_traits::cached_bytes_limit - 8 * g);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: when memory is short no more is merged than the request needs", "",
                        deferred_stores) {
    given<TestType> heap;
    std::vector<std::size_t> chunks;
    for (int i = 0; i < 3; ++i)
        chunks.push_back(heap.take(4 * g)), chunks.push_back(heap.take(4 * g)), heap.take(2 * g);
    heap.take(allot::detail::largest_free(heap.store));
    REQUIRE(heap.take(2 * g) == none);
    for (const std::size_t chunk : chunks) heap.put(chunk);
    REQUIRE(heap.store.cache().bytes() == 6 * 4 * g);
    const std::size_t taken = heap.take(8 * g);
    CHECK(taken == chunks[4]);
    CHECK(heap.store.cache().bytes() == 4 * 4 * g);
    heap.put(taken);  // what still waits is merged one by one
    CHECK(heap.store.cache().bytes() == 3 * 4 * g);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: when memory is short everything is merged and the request met", "",
                        deferred_stores) {
    given<TestType> heap;
    const std::size_t whole = allot::detail::largest_free(heap.store);
    std::vector<std::size_t> chunks;
    for (int i = 0; i < 4; ++i) chunks.push_back(heap.take(6 * g));
    for (const std::size_t chunk : chunks) heap.put(chunk);
    REQUIRE(heap.store.cache().bytes() != 0);
    CHECK(heap.take(whole) == chunks[0]);
    CHECK(heap.shape() == "[rest]");
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: a request that fails merges what is cached and takes nothing", "",
                        deferred_stores) {
    given<TestType> heap;
    const std::size_t low = heap.take(4 * g);
    const std::size_t kept = heap.take(3 * g);
    heap.put(low);
    const std::size_t too_large = allot::detail::largest_free(heap.store) + g;
    CHECK(heap.take(too_large) == none);
    CHECK(heap.shape() == "4 [3] rest");
    CHECK(heap.take(too_large) == none);
    CHECK(heap.is_sound());
    heap.put(kept);
}

TEMPLATE_LIST_TEST_CASE("chunk_store: what is larger than all that is free merges nothing", "", deferred_stores) {
    given<TestType> heap;
    heap.take(4 * g);
    const std::size_t above = heap.take(4 * g);
    heap.take(4 * g);
    const std::size_t apart = heap.take(80 * g);
    heap.take(2 * g);
    heap.put(apart);  // a coarse bin that is not empty: nothing is merged before the search
    heap.put(above);
    const std::size_t all = 0x4000 - heap.store.in_use_bytes();
    CHECK(heap.take(all) == none);
    CHECK(heap.store.cache().bytes() == 4 * g);
    CHECK(heap.is_sound());
}

TEST_CASE("chunk_store: after memory was short nothing waits, then more and more, and as before once memory has come") {
    given<sparse_store<roomy_traits, std::uint32_t>> heap;
    REQUIRE(heap.add(0x44000, 0x4000) == allot::region_status::ok);
    std::vector<std::size_t> chunks;
    for (int i = 0; i < 300; ++i) {
        chunks.push_back(heap.take(2 * g));
        heap.take(2 * g);  // keeps them apart
    }
    const auto bytes_that_wait_of = [&](int freed) {
        for (int i = 0; i < freed; ++i) heap.put(chunks.back()), chunks.pop_back();
        return heap.store.cache().bytes();
    };
    REQUIRE(bytes_that_wait_of(70) > 1900);
    while (heap.take(0x400) != none) {
    }
    REQUIRE(heap.store.cache().bytes() == 0);
    CHECK(bytes_that_wait_of(20) == 0);
    for (std::size_t put = 20; put < decltype(heap.store)::room_type::pause; ++put) {
        heap.put(chunks.back());
        CHECK(heap.store.cache().bytes() == 0);
        chunks.back() = heap.take(2 * g);
    }
    const std::size_t at_first = bytes_that_wait_of(20);
    CHECK(at_first >= 512);
    CHECK(at_first <= 640);
    const std::size_t later = bytes_that_wait_of(100);
    CHECK(later > at_first);
    CHECK(later <= 640);
    REQUIRE(heap.add(0x80000, 0x4000) == allot::region_status::ok);
    CHECK(bytes_that_wait_of(70) > 1900);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("chunk_store: a large request merges a cached chunk first, unless its own bin has something",
                        "", deferred_stores) {
    given<TestType> heap;
    const std::size_t small = heap.take(2 * g);
    heap.take(4 * g);
    const std::size_t large = heap.take(80 * g);
    heap.take(2 * g);
    heap.put(small);
    heap.put(large);
    CHECK(heap.take(80 * g) == large);
    CHECK(heap.shape() == "(2) [4] [80] [2] rest");
    heap.take(80 * g);
    CHECK(heap.shape() == "2 [4] [80] [2] [80] rest");
    CHECK(heap.is_sound());
}

TEST_CASE("chunk_store: with immediate coalescing nothing is ever cached") {
    given<sparse_store<immediate_traits, std::size_t>> heap;
    const std::size_t chunk = heap.take(4 * g);
    heap.take(4 * g);
    heap.put(chunk);
    CHECK(heap.shape() == "4 [4] rest");
    heap.store.coalesce_cached();
    CHECK(heap.store.cache().bytes() == 0);
    CHECK(heap.take(4 * g) == chunk);
}
