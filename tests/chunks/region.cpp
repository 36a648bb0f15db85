#include <allot/chunks/region.hpp>

#include "support/catch.hpp"
#include "support/sparse_chunks.hpp"

#include <cstdint>
#include <tuple>
#include <vector>

using allot::region_status;
using allot::detail::none;
using allot::detail::region;
using allot::detail::region_origin;
using allot_test::chunk_layouts;

namespace {

template <class Chunks, std::size_t Extra = 0>
using descriptor = allot::detail::region_descriptor<Chunks, Extra>;
using allot::detail::region_descriptor;

}  // namespace

TEMPLATE_LIST_TEST_CASE("region: laid out, it has room for a descriptor below and a fencepost above its chunks", "",
                        chunk_layouts) {
    constexpr std::size_t word = TestType::word_bytes;
    for (std::size_t base = 1000; base < 1000 + 2 * TestType::granule; ++base) {
        for (std::size_t bytes = 10 * TestType::granule; bytes < 12 * TestType::granule; ++bytes) {
            const region laid = descriptor<TestType>::lay_out(base, bytes, region_origin::caller);
            CHECK(laid.first >= base + 4 * word);
            CHECK(laid.first < base + 4 * word + TestType::granule);
            CHECK((laid.first + word) % TestType::granule == 0);
            CHECK((laid.fencepost + word) % TestType::granule == 0);
            CHECK(laid.fencepost + word <= base + bytes);
            CHECK(laid.fencepost + word + TestType::granule > base + bytes);
            CHECK(laid.tiled_bytes() % TestType::granule == 0);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("region: what is wrong with a span in itself", "", chunk_layouts) {
    using list = descriptor<TestType>;
    constexpr std::size_t least = 5 * TestType::word_bytes + TestType::min_chunk;
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

TEMPLATE_LIST_TEST_CASE("region: a descriptor tells what was given, to the byte, and by whom", "", chunk_layouts) {
    for (std::size_t slack = 0; slack < TestType::granule; ++slack) {
        for (const region_origin origin : {region_origin::caller, region_origin::source}) {
            TestType chunks;
            const region laid = descriptor<TestType>::lay_out(2048 + slack, 1111, origin);
            descriptor<TestType>::write(chunks, laid);
            const region told = descriptor<TestType>::at(chunks, laid.first);
            CHECK(told.base == 2048 + slack);
            CHECK(told.bytes == 1111);
            CHECK(told.first == laid.first);
            CHECK(told.end() == 2048 + slack + 1111);
            CHECK(told.origin == origin);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("region: links lead to both sides, and to nothing at first", "", chunk_layouts) {
    using descriptor = region_descriptor<TestType, 0>;
    TestType chunks;
    const std::size_t at = descriptor::lay_out(8192, 1000, region_origin::caller).first;
    descriptor::write(chunks, descriptor::lay_out(8192, 1000, region_origin::caller));
    CHECK(descriptor::link(chunks, at, descriptor::side::lower) == none);
    descriptor::set_link(chunks, at, descriptor::side::lower, at - 4096);
    descriptor::set_link(chunks, at, descriptor::side::upper, at + 4096);
    CHECK(descriptor::link(chunks, at, descriptor::side::lower) == at - 4096);
    CHECK(descriptor::link(chunks, at, descriptor::side::upper) == at + 4096);
    CHECK(descriptor::is_sound(chunks, at));
    descriptor::set_link(chunks, at, descriptor::side::lower, none);
    CHECK(descriptor::link(chunks, at, descriptor::side::lower) == none);
    descriptor::set_span(chunks, at, 500);
    CHECK(descriptor::at(chunks, at).bytes == 500);
    CHECK(descriptor::is_sound(chunks, at));
}

TEMPLATE_LIST_TEST_CASE("region: a descriptor with any one bit flipped is not sound", "", chunk_layouts) {
    using descriptor = region_descriptor<TestType, 0>;
    constexpr std::size_t word = TestType::word_bytes;
    TestType chunks;
    const region laid = descriptor::lay_out(4096 + 3, 2000, region_origin::source);
    descriptor::write(chunks, laid);
    descriptor::set_link(chunks, laid.first, descriptor::side::lower, laid.first - 2048);
    descriptor::set_link(chunks, laid.first, descriptor::side::upper, laid.first + 8192);
    REQUIRE(descriptor::is_sound(chunks, laid.first));
    std::size_t missed = 0;
    for (std::size_t at = laid.first - 4 * word; at != laid.first; at += word) {
        for (unsigned bit = 0; bit < word * 8; ++bit) {
            const std::size_t before = chunks.memory().load(at);
            chunks.set_word(at, before ^ std::size_t{1} << bit);
            if (descriptor::is_sound(chunks, laid.first)) ++missed;
            chunks.set_word(at, before);
        }
    }
    CHECK(missed == 0);
}

TEMPLATE_LIST_TEST_CASE("region: words that others keep lie below the descriptor, zero at first", "", chunk_layouts) {
    using descriptor = region_descriptor<TestType, 2>;
    TestType chunks;
    const region laid = descriptor::lay_out(4096, 2000, region_origin::source);
    CHECK(laid.first >= 4096 + 6 * TestType::word_bytes);
    descriptor::write(chunks, laid);
    CHECK(descriptor::extra(chunks, laid.first, 0) == 0);
    descriptor::set_extra(chunks, laid.first, 0, 7);
    descriptor::set_extra(chunks, laid.first, 1, 9);
    CHECK(descriptor::extra(chunks, laid.first, 0) == 7);
    CHECK(descriptor::extra(chunks, laid.first, 1) == 9);
    CHECK(descriptor::at(chunks, laid.first).bytes == 2000);
    CHECK(descriptor::is_sound(chunks, laid.first));
}
