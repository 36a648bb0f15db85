#include <allot/chunks/chunk.hpp>

#include "support/catch.hpp"
#include "support/sparse_memory.hpp"

#include <allot/memory/direct.hpp>

#include <cstdint>
#include <tuple>
#include <vector>

using allot::links;
using allot_test::sparse_memory;

namespace {

template <class Word, std::size_t Granule, links Links>
using chunks = allot::detail::chunk_access<sparse_memory<Word>, Granule, Links>;

using words = allot_test::joined<std::tuple<std::uint32_t>, allot_test::if_word_fits<std::uint64_t, std::uint64_t>>;
using layouts = allot_test::joined<
    allot_test::if_word_fits<std::uint64_t, chunks<std::uint64_t, 16, links::word>,
                             chunks<std::uint64_t, 16, links::compact>, chunks<std::uint64_t, 64, links::compact>>,
    std::tuple<chunks<std::uint32_t, 8, links::word>, chunks<std::uint32_t, 16, links::compact>,
               chunks<std::uint16_t, 8, links::word>>>;

constexpr std::size_t base = 8192;

// Three chunks side by side from `base`, all in use, the first one with nothing free below it.
template <class Chunks>
struct three_chunks {
    Chunks chunks;
    std::size_t size = 4 * Chunks::granule + Chunks::min_chunk;
    std::size_t a = base - Chunks::word_bytes;
    std::size_t b = a + size;
    std::size_t c = b + size;

    three_chunks() {
        if constexpr (Chunks::is_compact) chunks.set_origin(base - Chunks::word_bytes - 4096 * Chunks::granule);
        for (const std::size_t chunk : {a, b, c}) chunks.set_header(chunk, size | Chunks::in_use | Chunks::prev_in_use);
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("chunk: the smallest one holds a header, both links and a footer, or is minimal", "", layouts) {
    constexpr std::size_t links_bytes = TestType::is_compact ? TestType::word_bytes : 2 * TestType::word_bytes;
    constexpr std::size_t footer_bytes = TestType::has_minimal ? 0 : TestType::word_bytes;
    STATIC_REQUIRE(TestType::min_chunk >= TestType::word_bytes + links_bytes + footer_bytes);
    STATIC_REQUIRE(TestType::min_chunk % TestType::granule == 0);
    STATIC_REQUIRE(TestType::payload_of(TestType::chunk_of(base)) == base);
    STATIC_REQUIRE(TestType::payload_of(base) - base == TestType::word_bytes);
}

TEMPLATE_LIST_TEST_CASE(
    "chunk: two words are enough with compact links of 32 bits and a granule of two words, else four", "", words) {
    using compact = chunks<TestType, 2 * sizeof(TestType), links::compact>;
    STATIC_REQUIRE(compact::has_minimal == (sizeof(TestType) == 8));
    STATIC_REQUIRE(compact::min_chunk == (sizeof(TestType) == 8 ? 2 : 4) * sizeof(TestType));
    STATIC_REQUIRE(chunks<TestType, 2 * sizeof(TestType), links::word>::min_chunk == 4 * sizeof(TestType));
    STATIC_REQUIRE(chunks<TestType, 64, links::compact>::min_chunk == 64);
    STATIC_REQUIRE_FALSE(chunks<TestType, 64, links::compact>::has_minimal);
}

TEMPLATE_LIST_TEST_CASE("R-24 the flags never meet the size, up to the highest bit of a word", "", layouts) {
    using word = typename TestType::word_type;
    constexpr std::size_t highest = std::size_t{1} << (sizeof(word) * 8 - 1);
    STATIC_REQUIRE((TestType::in_use | TestType::prev_in_use | TestType::cached | TestType::prev_minimal) <=
                   TestType::flag_mask);
    TestType chunks;
    for (std::size_t flags = 0; flags <= TestType::flag_mask; ++flags) {
        chunks.set_header(base, highest | flags);
        CHECK(chunks.size_of(base) == highest);
        CHECK(chunks.header_of(base) == (highest | flags));
        CHECK_FALSE(chunks.is_fencepost(base));
    }
}

TEMPLATE_LIST_TEST_CASE("chunk: marked free, it tells the chunk above and leaves a footer", "", layouts) {
    three_chunks<TestType> row;
    row.chunks.mark_free(row.b, row.size);
    CHECK_FALSE(row.chunks.is_in_use(row.b));
    CHECK(row.chunks.is_prev_in_use(row.b));
    CHECK(row.chunks.size_of(row.b) == row.size);
    CHECK_FALSE(row.chunks.is_prev_in_use(row.c));
    CHECK(row.chunks.is_in_use(row.c));
    CHECK(row.chunks.size_of(row.c) == row.size);
    CHECK(row.chunks.prev_size_of(row.c) == row.size);
    CHECK(row.chunks.footer_of(row.b, row.size) == row.size);
    CHECK(row.chunks.next_of(row.b) == row.c);
    CHECK(row.chunks.header_of(row.a) == (row.size | TestType::in_use | TestType::prev_in_use));
}

TEMPLATE_LIST_TEST_CASE("chunk: the smallest free one is known from above, with a footer or a flag", "", layouts) {
    three_chunks<TestType> row;
    const std::size_t low = row.c - TestType::min_chunk;
    row.chunks.set_header(low, TestType::min_chunk | TestType::in_use | TestType::prev_in_use);
    row.chunks.mark_free(low, TestType::min_chunk);
    CHECK(row.chunks.prev_size_of(row.c) == TestType::min_chunk);
    CHECK(((row.chunks.header_of(row.c) & TestType::prev_minimal) != 0) == TestType::has_minimal);
    row.chunks.mark_in_use(low, TestType::min_chunk);
    CHECK((row.chunks.header_of(row.c) & TestType::prev_minimal) == 0);
    CHECK(row.chunks.is_prev_in_use(row.c));
}

TEMPLATE_LIST_TEST_CASE("chunk: marked in use again, everything is as before, and what is known of below stays", "",
                        layouts) {
    three_chunks<TestType> row;
    const std::size_t before_b = row.chunks.header_of(row.b);
    const std::size_t before_c = row.chunks.header_of(row.c);
    row.chunks.mark_free(row.b, row.size);
    row.chunks.mark_in_use(row.b, row.size);
    CHECK(row.chunks.header_of(row.b) == before_b);
    CHECK(row.chunks.header_of(row.c) == before_c);
    row.chunks.mark_free(row.a, row.size);
    row.chunks.mark_in_use(row.b, row.size);
    CHECK_FALSE(row.chunks.is_prev_in_use(row.b));
}

TEMPLATE_LIST_TEST_CASE("chunk: a cached one is in use, but for one flag", "", layouts) {
    three_chunks<TestType> row;
    const std::size_t before = row.chunks.header_of(row.b);
    row.chunks.mark_cached(row.b, before, row.chunks.link_to(row.c));
    CHECK(row.chunks.header_of(row.b) == (before | TestType::cached));
    CHECK(row.chunks.is_in_use(row.b));
    CHECK(row.chunks.next_cached(row.b) == row.chunks.link_to(row.c));
    CHECK(row.chunks.unmark_cached(row.b, row.chunks.header_of(row.b)) == row.chunks.link_to(row.c));
    CHECK(row.chunks.header_of(row.b) == before);
}

TEMPLATE_LIST_TEST_CASE("chunk: a wiped header is neither in use nor a chunk; a fencepost has no size", "", layouts) {
    three_chunks<TestType> row;
    row.chunks.wipe(row.b);
    CHECK_FALSE(row.chunks.is_in_use(row.b));
    CHECK(row.chunks.size_of(row.b) == 0);
    row.chunks.set_header(row.c, TestType::in_use | TestType::prev_in_use);
    CHECK(row.chunks.is_fencepost(row.c));
}

TEMPLATE_LIST_TEST_CASE("chunk: links lead to chunks", "", layouts) {
    three_chunks<TestType> row;
    row.chunks.set_links(row.b, row.chunks.link_to(row.c), row.chunks.link_to(row.a));
    CHECK(row.chunks.chunk_at(row.chunks.next_free(row.b)) == row.c);
    CHECK(row.chunks.chunk_at(row.chunks.prev_free(row.b)) == row.a);
    row.chunks.set_next_free(row.b, row.chunks.link_to(row.a));
    CHECK(row.chunks.chunk_at(row.chunks.prev_free(row.b)) == row.a);
    row.chunks.set_prev_free(row.b, row.chunks.link_to(row.c));
    CHECK(row.chunks.chunk_at(row.chunks.next_free(row.b)) == row.a);
    CHECK(row.chunks.chunk_at(row.chunks.prev_free(row.b)) == row.c);
    CHECK(row.chunks.size_of(row.b) == row.size);
    row.chunks.set_next_cached(row.b, row.chunks.link_to(row.c));
    CHECK(row.chunks.chunk_at(row.chunks.next_cached(row.b)) == row.c);
}

namespace {

template <class Chunks>
std::size_t count_in_reach(Chunks& chunks, std::size_t origin) {
    constexpr std::size_t granule = Chunks::granule;
    chunks.set_origin(origin);
    const std::size_t lowest = origin + Chunks::reserved_links * granule;
    const std::size_t highest = origin + Chunks::link_limit * granule;
    CHECK(chunks.is_in_reach(lowest, highest));
    CHECK_FALSE(chunks.is_in_reach(lowest - granule, highest));
    CHECK_FALSE(chunks.is_in_reach(lowest, highest + granule));
    CHECK_FALSE(chunks.is_in_reach(origin - granule, lowest));
    CHECK_FALSE(chunks.is_in_reach(highest, lowest));
    for (const std::size_t chunk : {lowest, lowest + granule, highest - granule, highest}) {
        CHECK(chunks.chunk_at(chunks.link_to(chunk)) == chunk);
        CHECK(chunks.link_to(chunk) >= Chunks::reserved_links);
    }
    return (highest - lowest) / granule + 1;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE(
    "R-18 compact links reach as far as a half-word counts, and every chunk within has a link of its own", "", words) {
    chunks<TestType, 16, links::compact> compact;
    constexpr std::size_t values = std::size_t{1} << (sizeof(TestType) * 4 - 1) << 1;
    CHECK(count_in_reach(compact, 0x1000000 - sizeof(TestType)) == values - 2048);
}

TEST_CASE("chunk: word links reach everything, and keep no origin") {
    const chunks<std::size_t, 16, links::word> everywhere;
    CHECK(everywhere.is_in_reach(8, SIZE_MAX - 7));
    STATIC_REQUIRE(sizeof(allot::detail::chunk_access<allot::direct_memory, 16, links::word>) ==
                   3 * sizeof(std::size_t));
}

TEST_CASE("request_sizes: header included, rounded to the granule, at least the minimum") {
    using requests = allot::detail::request_sizes<16, 32, 8, 4096>;
    for (std::size_t bytes = 0; bytes <= requests::max_request; ++bytes) {
        const std::size_t whole = requests::chunk_size_for(bytes);
        REQUIRE(whole % 16 == 0);
        REQUIRE(whole >= 32);
        REQUIRE(whole >= bytes + 8);
        REQUIRE((whole == 32 || whole < bytes + 8 + 16));
    }
    STATIC_REQUIRE(requests::max_request == 4088);
    STATIC_REQUIRE(requests::chunk_size_for(4088) == 4096);
}

TEST_CASE("request_sizes: what is too large has no chunk size") {
    using requests = allot::detail::request_sizes<16, 32, 8, 4096>;
    for (const std::size_t bytes :
         {std::size_t{4089}, std::size_t{4096}, SIZE_MAX / 2, SIZE_MAX - 8, SIZE_MAX - 1, SIZE_MAX}) {
        CHECK(requests::chunk_size_for(bytes) == 0);
    }
    constexpr std::size_t top_bit = SIZE_MAX / 2 + 1;
    using largest = allot::detail::request_sizes<16, 32, 8, top_bit>;
    STATIC_REQUIRE(largest::chunk_size_for(top_bit - 8) == top_bit);
    STATIC_REQUIRE(largest::chunk_size_for(top_bit - 7) == 0);
}
