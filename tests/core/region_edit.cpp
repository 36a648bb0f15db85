// Regions given and taken back at the level of chunks: what merges, what the seam becomes, what is refused untouched.
#include <allot/core/region_edit.hpp>

#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_store.hpp"

using namespace allot_test;
using allot::region_status;
using allot::detail::none;
using allot::detail::region_origin;

namespace {

constexpr std::size_t g = 16;
constexpr std::size_t base = 0x40000;
constexpr std::size_t piece = 0x1000;

using compact_stores = joined<if_word_fits<std::uint64_t, sparse_store<granule_16_compact, std::uint64_t>>,
                              std::tuple<sparse_store<granule_16_compact, std::uint32_t>>>;

template <class Store>
std::size_t bytes_of_regions(const Store& heap) {
    return heap.store.regions().bytes();
}

template <class Store>
region_status add_for(Store& heap, std::size_t at, region_origin origin) {
    return allot::detail::region_edit<typename Store::store_type>(heap.store).add(at, piece, origin);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("region_edit: a lone region is one free chunk, its top", "", granule_16_stores) {
    TestType heap;
    CHECK(heap.add(base, piece) == region_status::ok);
    CHECK(heap.is_whole());
    CHECK(heap.store.index().top().chunk == heap.store.regions().lowest(heap.store.chunks()));
}

TEMPLATE_LIST_TEST_CASE("region_edit: the seam between neighbours becomes part of a chunk", "", granule_16_stores) {
    TestType heap;
    heap.add(base, piece);
    const std::size_t low = heap.take(allot::detail::largest_free(heap.store));
    heap.add(base + piece, piece);
    CHECK(heap.shape() == "[" + std::to_string(heap.store.chunks().size_of(low) / g) + "] rest");
    CHECK(heap.store.chunks().next_of(low) == heap.store.index().top().chunk);
    heap.put(low);
    CHECK(heap.is_whole());
    CHECK(bytes_of_regions(heap) == 2 * piece);
}

TEMPLATE_LIST_TEST_CASE("region_edit: the same from above: the descriptor of the upper one is gone", "",
                        granule_16_stores) {
    TestType heap;
    heap.add(base + piece, piece);
    const std::size_t high = heap.take(allot::detail::largest_free(heap.store));
    heap.add(base, piece);
    CHECK(heap.store.regions().count() == 1);
    CHECK(heap.store.chunks().next_of(heap.store.regions().lowest(heap.store.chunks())) == high);
    CHECK(heap.store.index().top().chunk == none);
    CHECK(heap.is_sound());
    heap.put(high);
    CHECK(heap.is_whole());
}

TEMPLATE_LIST_TEST_CASE("region_edit: a bridge joins both neighbours in one go", "", granule_16_stores) {
    TestType heap;
    heap.add(base, piece);
    heap.add(base + 2 * piece, piece);
    CHECK(heap.shape() == "rest | rest");
    CHECK(heap.add(base + piece, piece) == region_status::ok);
    CHECK(heap.is_whole());
    CHECK(bytes_of_regions(heap) == 3 * piece);
}

TEMPLATE_LIST_TEST_CASE("region_edit: the smallest bridge is a chunk of its own or joins its neighbours", "",
                        granule_16_stores) {
    constexpr std::size_t word = TestType::chunks_type::word_bytes;
    for (std::size_t bytes = 4 * word + TestType::chunks_type::min_chunk; bytes < 128; ++bytes) {
        for (std::size_t slack = 0; slack < g; ++slack) {
            TestType heap;
            heap.add(base, piece + slack);
            const std::size_t low = heap.take(allot::detail::largest_free(heap.store));
            heap.add(base + piece + slack + bytes, piece);
            const std::size_t high = heap.take(allot::detail::largest_free(heap.store));
            if (heap.add(base + piece + slack, bytes) != region_status::ok) continue;
            REQUIRE(heap.store.regions().count() == 1);
            REQUIRE(heap.is_sound());
            heap.put(low);
            heap.put(high);
            REQUIRE(heap.is_whole());
        }
    }
}

TEMPLATE_LIST_TEST_CASE("region_edit: neighbours of different origin stay apart", "", granule_16_stores) {
    TestType heap;
    CHECK(add_for(heap, base, region_origin::caller) == region_status::ok);
    CHECK(add_for(heap, base + piece, region_origin::source) == region_status::ok);
    CHECK(add_for(heap, base + 2 * piece, region_origin::source) == region_status::ok);
    CHECK(heap.store.regions().count() == 3);  // of a source that takes whole spans back neither do its own
    CHECK(heap.is_sound());
}

TEST_CASE("region_edit: neighbours that together would exceed the largest chunk stay apart") {
    sparse_store<small_largest<8192>, std::size_t> heap;
    for (std::size_t i = 0; i < 4; ++i) CHECK(heap.add(base + i * piece, piece) == region_status::ok);
    CHECK(heap.store.regions().count() == 2);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("region_edit: a span that shares a byte with a region is refused", "", granule_16_stores) {
    TestType heap;
    heap.add(base, piece);
    heap.add(base + 2 * piece, piece);
    const std::size_t written = heap.written_words();
    for (const std::size_t at :
         {base - 500, base, base + 1, base + piece - 1, base + piece + 1, base + 2 * piece, base + 3 * piece - 1}) {
        CHECK(heap.add(at, piece) == region_status::overlaps);
    }
    CHECK(heap.add(base - piece, 5 * piece) == region_status::overlaps);
    CHECK(heap.written_words() == written);
    CHECK(heap.is_sound());
}

TEMPLATE_LIST_TEST_CASE("region_edit: an end is cut off down to a chunk, and the top stays the top", "",
                        granule_16_stores) {
    TestType heap;
    heap.add(base, 4 * piece);
    const std::size_t kept = heap.take(4 * g);
    for (std::size_t left = 4 * piece; left > 256; left /= 2) {
        REQUIRE(heap.remove(base + left / 2, left / 2) == region_status::ok);
        REQUIRE(heap.shape() == "[4] rest");
        REQUIRE(heap.is_sound());
        CHECK(bytes_of_regions(heap) == left / 2);
        CHECK(heap.store.index().top().chunk == kept + 4 * g);
    }
}

TEMPLATE_LIST_TEST_CASE("region_edit: an end is cut off exactly to a chunk in use", "", granule_16_stores) {
    constexpr std::size_t word = TestType::chunks_type::word_bytes;
    TestType heap;
    heap.add(base, piece);
    const std::size_t kept = heap.take(4 * g);
    const std::size_t bytes_left = kept + 4 * g + word - base;
    CHECK(heap.remove(base + bytes_left, piece - bytes_left) == region_status::ok);
    CHECK(heap.shape() == "[rest]");
    CHECK(heap.store.index().top().chunk == none);
    CHECK(heap.is_sound());
    CHECK(heap.add(base + bytes_left, piece - bytes_left) == region_status::ok);
    CHECK(heap.shape() == "[4] rest");
}

TEMPLATE_LIST_TEST_CASE("region_edit: the lower end is cut off exactly to a chunk in use, or leaves a free one", "",
                        granule_16_stores) {
    for (const std::size_t left_free : sizes{0, 2, 5}) {
        TestType heap;
        heap.add(base, piece);
        const std::size_t low = heap.take(40 * g);
        const std::size_t kept = heap.take(4 * g);
        heap.put(low);
        const std::size_t cut = kept - left_free * g - 4 * TestType::chunks_type::word_bytes - base;
        CHECK(heap.remove(base, cut) == region_status::ok);
        CHECK(heap.shape() == (left_free == 0 ? "[4] rest" : std::to_string(left_free) + " [4] rest"));
        CHECK(heap.is_sound());
        CHECK(heap.add(base, cut) == region_status::ok);
        CHECK(heap.shape() == "40 [4] rest");
        CHECK(heap.is_sound());
    }
}

TEMPLATE_LIST_TEST_CASE("region_edit: the remainder at an end goes with it", "", granule_16_stores) {
    TestType heap;
    heap.add(base, piece);
    const std::size_t hole = heap.take(60 * g);
    const std::size_t kept = heap.take(4 * g);
    heap.put(hole);
    const std::size_t cut = heap.take(4 * g);
    REQUIRE(heap.store.index().remainder().chunk == cut + 4 * g);
    heap.put(cut);
    CHECK(heap.remove(base, 512) == region_status::ok);
    CHECK(heap.is_sound());
    heap.put(kept);
    CHECK(heap.is_whole());
}

TEMPLATE_LIST_TEST_CASE("region_edit: a lower end, byte by byte: cut off, or refused and nothing has changed", "",
                        granule_16_stores) {
    for (std::size_t cut = 37 * g; cut < 44 * g; ++cut) {
        TestType heap;
        heap.add(base, piece);
        const std::size_t low = heap.take(40 * g);
        const std::size_t kept = heap.take(4 * g);
        heap.put(low);
        const std::size_t first =
            (base + cut + 5 * TestType::chunks_type::word_bytes + g - 1) / g * g - TestType::chunks_type::word_bytes;
        const bool leaves_a_chunk =
            first <= kept && (first == kept || kept - first >= TestType::chunks_type::min_chunk);
        CHECK(heap.remove(base, cut) == (leaves_a_chunk ? region_status::ok : region_status::not_free));
        CHECK((leaves_a_chunk || heap.shape() == "40 [4] rest"));
        CHECK(heap.is_sound());
    }
}

TEMPLATE_LIST_TEST_CASE(
    "region_edit: compact links seldom have to count from elsewhere, whichever way the regions come", "",
    compact_stores) {
    using chunks = typename TestType::chunks_type;
    constexpr std::size_t reach = std::size_t{chunks::link_limit} * g;
    const bool comes_from_above = GENERATE(true, false);
    TestType heap;
    std::size_t moves = 0;
    for (std::size_t i = 0; i < 60; ++i) {
        const std::size_t before = heap.store.chunks().origin();
        REQUIRE(heap.add(4 * reach + (comes_from_above ? 60 - i : i) * (reach / 64), piece) == region_status::ok);
        moves += heap.store.chunks().origin() != before ? 1u : 0u;
        REQUIRE(heap.is_sound());
    }
    CHECK(moves < 10);
}
