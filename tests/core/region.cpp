#include <allot/core/region.hpp>

#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_memory.hpp"

#include <cstdint>
#include <tuple>
#include <vector>

using allot::region_status;
using allot::detail::none;
using allot::detail::region;
using allot::detail::region_origin;

namespace {

template <class Word, std::size_t Granule>
using chunks = allot::detail::chunk_access<allot_test::sparse_memory<Word>, Granule, allot::links::word>;

using layouts = allot_test::joined<allot_test::if_word_fits<std::uint64_t, chunks<std::uint64_t, 16>, chunks<std::uint64_t, 64>>,
                                   std::tuple<chunks<std::uint32_t, 8>, chunks<std::uint16_t, 8>>>;

template <class Chunks>
struct listed {
    using list_type = allot::detail::region_list<Chunks>;
    Chunks chunks;
    list_type list;

    // Puts a region where it belongs and returns its position.
    std::size_t add(std::size_t base, std::size_t bytes, region_origin origin = region_origin::caller) {
        const region laid = list_type::lay_out(base, bytes, origin);
        list.insert(chunks, laid, list.find_below(chunks, base));
        return laid.first;
    }
    void erase(std::size_t position) { list.erase(chunks, position, list.before(chunks, position)); }

    std::vector<std::size_t> bases() const {
        std::vector<std::size_t> found;
        for (std::size_t at = list.lowest(); at != none; at = list.after(chunks, at)) {
            REQUIRE(list.is_sound(chunks, at));
            found.push_back(list.at(chunks, at).base);
        }
        return found;
    }
};

using bases = std::vector<std::size_t>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("region: laid out, it has room for a descriptor below and a fencepost above its chunks", "", layouts) {
    constexpr std::size_t word = TestType::word_bytes;
    for (std::size_t base = 1000; base < 1000 + 2 * TestType::granule; ++base) {
        for (std::size_t bytes = 8 * TestType::granule; bytes < 10 * TestType::granule; ++bytes) {
            const region laid = listed<TestType>::list_type::lay_out(base, bytes, region_origin::caller);
            CHECK(laid.first >= base + 3 * word);
            CHECK(laid.first < base + 3 * word + TestType::granule);
            CHECK((laid.first + word) % TestType::granule == 0);
            CHECK((laid.fencepost + word) % TestType::granule == 0);
            CHECK(laid.fencepost + word <= base + bytes);
            CHECK(laid.fencepost + word + TestType::granule > base + bytes);
            CHECK(laid.tiled_bytes() % TestType::granule == 0);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("region: what is wrong with a span in itself", "", layouts) {
    using list = typename listed<TestType>::list_type;
    constexpr std::size_t least = 4 * TestType::word_bytes + TestType::min_chunk;
    constexpr std::size_t last = static_cast<typename TestType::word_type>(~typename TestType::word_type{0});
    CHECK(list::status_of(none, 4096) == region_status::null_base);
    CHECK(list::status_of(4096, 0) == region_status::too_small);
    CHECK(list::status_of(4096, least - 1) == region_status::too_small);
    CHECK(list::status_of(last - 1000, 2000) == region_status::wraps_address_space);
    CHECK(list::status_of(4096, SIZE_MAX) == region_status::wraps_address_space);
    CHECK(list::status_of(SIZE_MAX - 4096, 4097) == region_status::wraps_address_space);
    CHECK(list::status_of(last - 1000, 990) == region_status::ok);
    CHECK(list::status_of(4096, 4096) == region_status::ok);
    std::size_t fitting = 0;
    for (std::size_t base = 4096; base < 4096 + TestType::granule; ++base) {
        if (list::status_of(base, least) == region_status::ok) ++fitting;
        CHECK(list::status_of(base, least + 2 * TestType::granule) == region_status::ok);
    }
    CHECK(fitting >= 1);
}

TEMPLATE_LIST_TEST_CASE("region_list: a descriptor tells what was given, to the byte, and by whom", "", layouts) {
    for (std::size_t slack = 0; slack < TestType::granule; ++slack) {
        for (const region_origin origin : {region_origin::caller, region_origin::source}) {
            listed<TestType> listed;
            const std::size_t position = listed.add(2048 + slack, 1111, origin);
            const region told = listed.list.at(listed.chunks, position);
            CHECK(told.base == 2048 + slack);
            CHECK(told.bytes == 1111);
            CHECK(told.first == position);
            CHECK(told.end() == 2048 + slack + 1111);
            CHECK(told.origin == origin);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("region_list: sorted by address, whatever the order of insertion and removal", "", layouts) {
    listed<TestType> listed;
    const std::size_t middle = listed.add(8192, 1000);
    listed.add(2048, 1000);
    const std::size_t upper = listed.add(16384, 500);
    const std::size_t inner = listed.add(5000, 777);
    CHECK(listed.bases() == bases{2048, 5000, 8192, 16384});
    CHECK(listed.list.count() == 4);
    CHECK(listed.list.bytes() == 3277);
    CHECK(listed.list.before(listed.chunks, upper) == middle);
    listed.erase(middle);
    CHECK(listed.bases() == bases{2048, 5000, 16384});
    listed.erase(upper);
    listed.erase(listed.list.lowest());
    CHECK(listed.bases() == bases{5000});
    CHECK(listed.list.tiled_bytes() == listed.list.at(listed.chunks, inner).tiled_bytes());
    listed.erase(inner);
    CHECK(listed.list.is_empty());
    CHECK(listed.list.bytes() == 0);
    CHECK(listed.list.lowest() == none);
}

TEMPLATE_LIST_TEST_CASE("region_list: the region at or below an address", "", layouts) {
    listed<TestType> listed;
    const std::size_t low = listed.add(2048, 1000);
    const std::size_t high = listed.add(8192, 1000);
    CHECK(listed.list.find_below(listed.chunks, 2047) == none);
    CHECK(listed.list.find_below(listed.chunks, 2048) == low);
    CHECK(listed.list.find_below(listed.chunks, 8191) == low);
    CHECK(listed.list.find_below(listed.chunks, 8192) == high);
    CHECK(listed.list.find_below(listed.chunks, SIZE_MAX) == high);
}

TEMPLATE_LIST_TEST_CASE("region_list: an address is a chunk's from the first chunk up to the fencepost, in any region", "", layouts) {
    listed<TestType> listed;
    for (const std::size_t base : allot_test::sizes{4096, 16384, 30000}) listed.add(base, 2000);
    for (std::size_t at = listed.list.lowest(); at != none; at = listed.list.after(listed.chunks, at)) {
        const region home = listed.list.at(listed.chunks, at);
        CHECK_FALSE(listed.list.has_chunk(listed.chunks, home.first - 1));
        CHECK_FALSE(listed.list.visit(listed.chunks, home.fencepost));
        for (const std::size_t address : {home.first, home.first + 100, home.fencepost - 1}) {
            CHECK(listed.list.has_chunk(listed.chunks, address));
            CHECK(listed.list.visit(listed.chunks, address));
            CHECK(listed.list.hot().first == home.first);
            CHECK(listed.list.span_of(listed.chunks, address).bytes == home.tiled_bytes());
        }
    }
    CHECK_FALSE(listed.list.visit(listed.chunks, 0));
    CHECK_FALSE(listed.list.visit(listed.chunks, SIZE_MAX));
    CHECK(listed.list.span_of(listed.chunks, 1).bytes == 0);
}

TEMPLATE_LIST_TEST_CASE("region_list: a removed region has no chunks, even if it was the one visited last", "", layouts) {
    listed<TestType> listed;
    const std::size_t position = listed.add(4096, 2000);
    REQUIRE(listed.list.visit(listed.chunks, position));
    listed.erase(position);
    CHECK_FALSE(listed.list.visit(listed.chunks, position));
    CHECK_FALSE(listed.list.has_chunk(listed.chunks, position));
}

TEMPLATE_LIST_TEST_CASE("region_list: a descriptor with any one bit flipped is not sound", "", layouts) {
    constexpr std::size_t word = TestType::word_bytes;
    listed<TestType> listed;
    const std::size_t position = listed.add(4096 + 3, 2000);
    listed.add(8192, 2000);
    REQUIRE(listed.list.is_sound(listed.chunks, position));
    std::size_t missed = 0;
    for (std::size_t at = position - 3 * word; at != position; at += word) {
        for (unsigned bit = 0; bit < word * 8; ++bit) {
            const std::size_t before = listed.chunks.memory().load(at);
            listed.chunks.set_word(at, before ^ std::size_t{1} << bit);
            if (listed.list.is_sound(listed.chunks, position)) ++missed;
            listed.chunks.set_word(at, before);
        }
    }
    CHECK(missed == 0);
}

TEMPLATE_LIST_TEST_CASE("region_list: near are the places from which so many bytes can be read, in the region visited last", "", layouts) {
    constexpr std::size_t granule = TestType::granule;
    constexpr std::size_t lookahead = 4 * granule;
    TestType chunks;
    allot::detail::region_list<TestType, lookahead> list;
    CHECK_FALSE(list.is_near(0));
    for (const std::size_t tiled : {granule, lookahead - granule, lookahead, 20 * granule}) {
        const region laid = list.lay_out(4096, tiled + 2 * granule, region_origin::caller);
        list.insert(chunks, laid, none);
        CHECK(list.is_near_sound());
        for (std::size_t at = laid.first; at != laid.fencepost; ++at) {
            CHECK(list.is_near(at) == ((at - laid.first) % granule == 0 && laid.fencepost - at >= lookahead));
        }
        CHECK_FALSE(list.is_near(laid.first - granule));
        CHECK_FALSE(list.is_near(laid.fencepost));
        list.erase(chunks, laid.first, none);
        CHECK_FALSE(list.is_near(laid.first));
    }
}
