#include <allot/core/chunk_cache.hpp>

#include "support/catch.hpp"
#include "support/sparse_memory.hpp"

#include <cstdint>
#include <map>

using allot_test::sparse_memory;

namespace {

using chunks_type = allot::detail::chunk_access<sparse_memory<std::size_t>, 16, allot::links::compact>;
using cache_type = allot::detail::chunk_cache<chunks_type, 100, true>;

constexpr std::size_t place(std::size_t i) { return (4096 + 8 * i) * 16; }

}  // namespace

TEST_CASE("chunk_cache: takes what is no larger than its limit; without a limit it is nothing") {
    STATIC_REQUIRE(cache_type::is_cacheable(96));
    STATIC_REQUIRE_FALSE(cache_type::is_cacheable(112));
    STATIC_REQUIRE(allot::detail::chunk_cache<chunks_type, 0, true>::bytes() == 0);
    STATIC_REQUIRE(allot::detail::chunk_cache<chunks_type, 0, true>::list_count == 0);
}

TEST_CASE("chunk_cache: a list for each size, last in, first out, counted in bytes") {
    chunks_type chunks;
    cache_type cache{1000};
    CHECK(cache.peek(chunks, 48) == allot::detail::none);
    for (std::size_t i = 0; i < 6; ++i) cache.push(chunks, place(i), i < 4 ? 48 : 96);
    CHECK(cache.bytes() == 4 * 48 + 2 * 96);
    for (std::size_t i = 4; i-- > 0;) {
        REQUIRE(cache.peek(chunks, 48) == place(i));
        cache.pop(chunks, place(i), 48);
    }
    CHECK(cache.peek(chunks, 48) == allot::detail::none);
    CHECK(cache.peek(chunks, 96) == place(5));
    CHECK(cache.bytes() == 2 * 96);
}

TEST_CASE("chunk_cache: has no room before it was given some") {
    cache_type cache;
    CHECK_FALSE(cache.has_room());
    cache.limit_to(1);
    CHECK(cache.has_room());
}

TEST_CASE("chunk_cache: there is room until the limit is reached, whatever it is moved to") {
    chunks_type chunks;
    cache_type cache{100};
    CHECK(cache.has_room());
    cache.push(chunks, place(0), 96);
    CHECK(cache.has_room());
    cache.push(chunks, place(1), 96);
    CHECK_FALSE(cache.has_room());
    cache.limit_to(193);
    CHECK(cache.has_room());
    cache.limit_to(192);
    CHECK_FALSE(cache.has_room());
    cache.pop(chunks, place(1), 96);
    CHECK(cache.has_room());
    cache.limit_to(0);
    CHECK_FALSE(cache.has_room());
}

TEST_CASE("chunk_cache: what is no multiple of the granule has no list") {
    for (std::size_t size = 0; size < 200; ++size) {
        CHECK(cache_type::is_cacheable(size) == (size % 16 == 0 && size >= chunks_type::min_chunk && size <= 96));
        CHECK((cache_type::list_of(size) < cache_type::list_count) == (size % 16 == 0 && size <= 96));
    }
}

TEST_CASE("chunk_cache: some_size goes round the lists and comes to every chunk") {
    chunks_type chunks;
    cache_type cache{1000};
    CHECK(cache.some_size(cache_type::list_count) == 0);
    for (std::size_t i = 0; i < 9; ++i) cache.push(chunks, place(i), 32 * (1 + i % 3));
    std::map<std::size_t, int> met;
    while (cache.bytes() != 0) {
        const std::size_t size = cache.some_size(cache_type::list_count);
        ++met[size];
        cache.pop(chunks, cache.peek(chunks, size), size);
    }
    CHECK(met == std::map<std::size_t, int>{{32, 3}, {64, 3}, {96, 3}});
    CHECK(cache.some_size(cache_type::list_count) == 0);
    cache.push(chunks, place(1), 32);
    CHECK(cache.some_size(cache_type::list_count) == 32);
}

TEST_CASE("chunk_cache: next_size comes to every list in turn") {
    chunks_type chunks;
    cache_type cache{1000};
    CHECK(cache.next_size() == 0);
    for (std::size_t i = 0; i < 9; ++i) cache.push(chunks, place(i), 32 * (1 + i % 3));
    std::map<std::size_t, int> met;
    for (int i = 0; i < 6; ++i) ++met[cache.next_size()];
    CHECK(met == std::map<std::size_t, int>{{32, 2}, {64, 2}, {96, 2}});
}

TEST_CASE("chunk_cache: two caches swap the lists of one size and no other") {
    chunks_type chunks;
    cache_type one{1000};
    cache_type other{1000};
    for (std::size_t i = 0; i < 3; ++i) one.push(chunks, place(i), 48);
    one.push(chunks, place(3), 32);
    other.push(chunks, place(4), 48);
    one.swap_list(other, 48, std::size_t{48} - std::size_t{3 * 48});
    CHECK(one.bytes() == 48 + 32);
    CHECK(other.bytes() == 3 * 48);
    CHECK(one.peek(chunks, 48) == place(4));
    CHECK(one.peek(chunks, 32) == place(3));
    CHECK(other.peek(chunks, 48) == place(2));
    CHECK(other.peek(chunks, 32) == allot::detail::none);
}

TEST_CASE("tally: counts what is taken and remembers the most that callers ever owned") {
    allot::detail::tally<> counted;
    counted.took(100);
    counted.took(50);
    CHECK(counted.in_use_bytes(0) == 150);
    CHECK(counted.taken_chunks() == 2);
    counted.settle_peak(0);
    counted.gave_back(100);
    CHECK(counted.in_use_bytes(0) == 50);
    CHECK(counted.peak_in_use_bytes(0) == 150);
    counted.resized(0, 130);
    CHECK(counted.peak_in_use_bytes(0) == 180);
    counted.settle_peak(0);
    counted.resized(160, 0);
    CHECK(counted.taken_bytes() == 20);
    CHECK(counted.taken_chunks() == 1);
    CHECK(counted.peak_in_use_bytes(0) == 180);
}

TEST_CASE("tally: what is cached is not owned, and a peak is a peak whatever was cached then") {
    allot::detail::tally<> counted;
    counted.took(100);
    counted.took(60);
    counted.settle_peak(0);
    CHECK(counted.in_use_bytes(60) == 100);
    CHECK(counted.peak_in_use_bytes(60) == 160);
    counted.took(80);  // 180 owned, 60 cached
    CHECK(counted.peak_in_use_bytes(60) == 180);
    counted.settle_peak(60);
    CHECK(counted.peak_in_use_bytes(140) == 180);
    counted.gave_back(60);  // what was cached is merged: callers own as much as before
    CHECK(counted.in_use_bytes(80) == 100);
    CHECK(counted.peak_in_use_bytes(80) == 180);
    CHECK(counted.peak_in_use_bytes(0) == 180);
}

TEST_CASE("tally: far below the peak is less than a quarter of it") {
    allot::detail::tally<> counted;
    CHECK_FALSE(counted.is_far_below_peak());
    counted.took(400);
    counted.took(1);
    counted.settle_peak(0);
    CHECK_FALSE(counted.is_far_below_peak());
    counted.resized(301, 0);
    CHECK_FALSE(counted.is_far_below_peak());
    counted.resized(1, 0);
    CHECK(counted.is_far_below_peak());
}

TEST_CASE("tally: what a chunk owned only while its payload moved is no peak") {
    allot::detail::tally<> counted;
    counted.took(50);
    counted.resized(0, 950);
    counted.resized(920, 0);
    CHECK(counted.in_use_bytes(0) == 80);
    CHECK(counted.peak_in_use_bytes(0) == 80);
}

TEST_CASE("chunk_cache: keeps what a caller surely owns, and takes it again") {
    chunks_type chunks;
    chunks.make_hot({place(0), 0x1000}, 0x100);
    cache_type cache{1000};
    allot::detail::tally<> counted;
    constexpr std::size_t header = 48 | chunks_type::in_use | chunks_type::prev_in_use;
    chunks.set_header(place(0), header);
    chunks.set_header(place(0) + 48, 64 | chunks_type::in_use | chunks_type::prev_in_use);
    std::size_t taken = 0;
    CHECK_FALSE(cache.take(chunks, 48, taken));
    CHECK(cache.keep(chunks, place(0), 48 - chunks_type::word_bytes, counted));
    CHECK(cache.bytes() == 48);
    CHECK(chunks.header_of(place(0)) == (header | chunks_type::cached));
    CHECK_FALSE(cache.keep(chunks, place(0), 0, counted));
    CHECK_FALSE(cache.take(chunks, 64, taken));
    CHECK(cache.take(chunks, 48, taken));
    CHECK(taken == place(0));
    CHECK(chunks.header_of(place(0)) == header);
    CHECK(cache.bytes() == 0);
}

TEST_CASE("chunk_cache: keeps nothing that it would have to believe, and changes nothing then") {
    chunks_type chunks;
    chunks.make_hot({place(0), 0x1000}, 0x100);
    allot::detail::tally<> counted;
    constexpr std::size_t plain = chunks_type::in_use | chunks_type::prev_in_use;
    const auto is_kept = [&](std::size_t header, std::size_t above, std::size_t owned, std::size_t limit) {
        cache_type cache{limit};
        chunks.set_header(place(0), header);
        chunks.set_header(place(0) + chunks_type::size_in(header), above);
        const bool kept = cache.keep(chunks, place(0), owned, counted);
        CHECK(cache.bytes() == (kept ? chunks_type::size_in(header) : 0));
        CHECK((chunks.header_of(place(0)) != header) == kept);
        return kept;
    };
    CHECK(is_kept(48 | plain, 64 | plain, 0, 1));
    CHECK_FALSE(is_kept(48 | chunks_type::in_use, 64 | plain, 0, 1));          // above a free chunk
    CHECK_FALSE(is_kept(48 | chunks_type::prev_in_use, 64 | plain, 0, 1));     // free
    CHECK_FALSE(is_kept(48 | plain | chunks_type::cached, 64 | plain, 0, 1));  // cached already
    CHECK_FALSE(is_kept(48 | plain, 64 | chunks_type::in_use, 0, 1));          // the chunk above says that it is free
    CHECK_FALSE(is_kept(48 | plain, 64 | plain, 48, 1));                       // has no room for what its owner says
    CHECK_FALSE(is_kept(112 | plain, 64 | plain, 0, 1));                       // too large
    CHECK_FALSE(is_kept(48 | plain, 64 | plain, 0, 0));                        // no room in the cache
    chunks.make_hot({place(0) + 16, 0x1000}, 0x100);
    CHECK_FALSE(is_kept(48 | plain, 64 | plain, 0, 1));  // not in the hot region
}

TEST_CASE("chunk_cache: takes no chunk that is not what its list says, and leaves it there") {
    chunks_type chunks;
    chunks.make_hot({place(0), 0x1000}, 0x100);
    constexpr std::size_t cached = chunks_type::in_use | chunks_type::prev_in_use | chunks_type::cached;
    std::size_t taken = 0;
    for (const std::size_t header : {64 | cached, 48 | chunks_type::in_use, std::size_t{0}}) {
        cache_type cache{1000};
        cache.push(chunks, place(0), 48);
        chunks.set_header(place(0), header);
        CHECK_FALSE(cache.take(chunks, 48, taken));
        CHECK(cache.peek(chunks, 48) == place(0));
    }
    cache_type cache{1000};
    chunks.set_header(place(600), 48 | cached);
    cache.push(chunks, place(600), 48);
    CHECK_FALSE(cache.take(chunks, 48, taken));  // beyond the hot region
}

TEST_CASE("chunk_cache: what is kept settles the peak first") {
    chunks_type chunks;
    chunks.make_hot({place(0), 0x1000}, 0x100);
    cache_type cache{1000};
    allot::detail::tally<> counted;
    counted.took(48);
    chunks.set_header(place(0), 48 | chunks_type::in_use | chunks_type::prev_in_use);
    chunks.set_header(place(0) + 48, 64 | chunks_type::in_use | chunks_type::prev_in_use);
    REQUIRE(cache.keep(chunks, place(0), 0, counted));
    CHECK(counted.peak_in_use_bytes(cache.bytes()) == 48);
    CHECK(counted.in_use_bytes(cache.bytes()) == 0);
}

TEST_CASE("chunk_cache: a header is that of a cached chunk of one size, whatever its lower neighbour is") {
    constexpr std::size_t cached = chunks_type::in_use | chunks_type::cached;
    STATIC_REQUIRE(cache_type::is_cached(64 | cached, 64));
    STATIC_REQUIRE(cache_type::is_cached(64 | cached | chunks_type::prev_flags, 64));
    STATIC_REQUIRE_FALSE(cache_type::is_cached(64 | cached, 80));
    STATIC_REQUIRE_FALSE(cache_type::is_cached(64 | chunks_type::in_use, 64));
    STATIC_REQUIRE_FALSE(cache_type::is_cached(64 | chunks_type::cached, 64));
}
