#include <allot/core/chunk_cache.hpp>

#include "support/catch.hpp"
#include "support/sparse_memory.hpp"

#include <cstdint>
#include <map>

using allot_test::sparse_memory;

namespace {

using chunks_type = allot::detail::chunk_access<sparse_memory<std::size_t>, 16, allot::links::compact>;
using cache_type = allot::detail::chunk_cache<chunks_type, 100>;

constexpr std::size_t place(std::size_t i) { return (4096 + 8 * i) * 16; }

}  // namespace

TEST_CASE("chunk_cache: takes what is no larger than its limit; without a limit it is nothing") {
    STATIC_REQUIRE(cache_type::is_cacheable(96));
    STATIC_REQUIRE_FALSE(cache_type::is_cacheable(112));
    STATIC_REQUIRE(allot::detail::chunk_cache<chunks_type, 0>::bytes() == 0);
    STATIC_REQUIRE(allot::detail::chunk_cache<chunks_type, 0>::list_count == 0);
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
