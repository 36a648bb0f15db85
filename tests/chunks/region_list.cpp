#include <allot/chunks/region_list.hpp>

#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_chunks.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <tuple>
#include <vector>

using allot::region_status;
using allot::detail::none;
using allot::detail::region;
using allot::detail::region_origin;
using allot_test::chunk_layouts;
using allot_test::sparse_chunks;

namespace {

template <class Chunks>
struct listed {
    using list_type = allot::detail::region_list<Chunks>;
    Chunks chunks;
    list_type list;

    // Puts a region where it belongs and returns its position.
    std::size_t add(std::size_t base, std::size_t bytes, region_origin origin = region_origin::caller) {
        const region laid = list_type::lay_out(base, bytes, origin);
        list.insert(chunks, laid);
        return laid.first;
    }
    void erase(std::size_t position) { list.erase(chunks, position); }

    std::vector<std::size_t> bases() const {
        std::vector<std::size_t> found;
        for (std::size_t at = list.lowest(chunks); at != none; at = list.after(chunks, at)) {
            REQUIRE(list.is_sound(chunks, at));
            found.push_back(list.at(chunks, at).base);
        }
        return found;
    }
};

using bases = std::vector<std::size_t>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("region_list: sorted by address, whatever the order of insertion and removal", "",
                        chunk_layouts) {
    listed<TestType> listed;
    const std::size_t middle = listed.add(8192, 1000);
    listed.add(2048, 1000);
    const std::size_t upper = listed.add(16384, 500);
    const std::size_t inner = listed.add(5000, 777);
    CHECK(listed.bases() == bases{2048, 5000, 8192, 16384});
    CHECK(listed.list.count() == 4);
    CHECK(listed.list.bytes() == 3277);
    CHECK(listed.list.after(listed.chunks, middle) == upper);
    CHECK(listed.list.after(listed.chunks, upper) == none);
    listed.erase(middle);
    CHECK(listed.bases() == bases{2048, 5000, 16384});
    listed.erase(upper);
    listed.erase(listed.list.lowest(listed.chunks));
    CHECK(listed.bases() == bases{5000});
    CHECK(listed.list.tiled_bytes() == listed.list.at(listed.chunks, inner).tiled_bytes());
    listed.erase(inner);
    CHECK(listed.list.is_empty());
    CHECK(listed.list.bytes() == 0);
    CHECK(listed.list.lowest(listed.chunks) == none);
}

TEMPLATE_LIST_TEST_CASE("region_list: the region at or below an address", "", chunk_layouts) {
    listed<TestType> listed;
    const std::size_t low = listed.add(2048, 1000);
    const std::size_t high = listed.add(8192, 1000);
    CHECK(listed.list.find_below(listed.chunks, 2047) == none);
    CHECK(listed.list.find_below(listed.chunks, 2048) == low);
    CHECK(listed.list.find_below(listed.chunks, 8191) == low);
    CHECK(listed.list.find_below(listed.chunks, 8192) == high);
    CHECK(listed.list.find_below(listed.chunks, SIZE_MAX) == high);
}

TEMPLATE_LIST_TEST_CASE("region_list: an address is a chunk's from the first chunk up to the fencepost, in any region",
                        "", chunk_layouts) {
    listed<TestType> listed;
    for (const std::size_t base : allot_test::sizes{4096, 16384, 30000}) listed.add(base, 2000);
    for (std::size_t at = listed.list.lowest(listed.chunks); at != none; at = listed.list.after(listed.chunks, at)) {
        const region home = listed.list.at(listed.chunks, at);
        CHECK_FALSE(listed.list.has_chunk(listed.chunks, home.first - 1));
        CHECK_FALSE(listed.list.visit(listed.chunks, home.fencepost));
        for (const std::size_t address : {home.first, home.first + 100, home.fencepost - 1}) {
            CHECK(listed.list.has_chunk(listed.chunks, address));
            CHECK(listed.list.visit(listed.chunks, address));
            CHECK(listed.chunks.hot().first == home.first);
            CHECK(listed.list.span_of(listed.chunks, address).bytes == home.tiled_bytes());
        }
    }
    CHECK_FALSE(listed.list.visit(listed.chunks, 0));
    CHECK_FALSE(listed.list.visit(listed.chunks, SIZE_MAX));
    CHECK(listed.list.span_of(listed.chunks, 1).bytes == 0);
}

TEMPLATE_LIST_TEST_CASE("region_list: a removed region has no chunks, even if it was the one used last", "",
                        chunk_layouts) {
    listed<TestType> listed;
    const std::size_t position = listed.add(4096, 2000);
    REQUIRE(listed.list.visit(listed.chunks, position));
    listed.erase(position);
    CHECK_FALSE(listed.list.visit(listed.chunks, position));
    CHECK_FALSE(listed.list.has_chunk(listed.chunks, position));
}

TEMPLATE_LIST_TEST_CASE("region_list: hot starts are where a chunk of so many bytes may start, in the region used last",
                        "", chunk_layouts) {
    constexpr std::size_t granule = TestType::granule;
    constexpr std::size_t lookahead = 4 * granule;
    TestType chunks;
    allot::detail::region_list<TestType, lookahead> list;
    CHECK_FALSE(chunks.may_start_in_hot(0));
    for (const std::size_t tiled : {granule, lookahead - granule, lookahead, 20 * granule}) {
        const region laid = list.lay_out(4096, tiled + 2 * granule + 2 * TestType::word_bytes, region_origin::caller);
        list.insert(chunks, laid);
        CHECK(list.are_hot_starts_sound(chunks));
        for (std::size_t at = laid.first; at != laid.fencepost; ++at) {
            CHECK(chunks.may_start_in_hot(at) ==
                  ((at - laid.first) % granule == 0 && laid.fencepost - at >= lookahead));
        }
        CHECK_FALSE(chunks.may_start_in_hot(laid.first - granule));
        CHECK_FALSE(chunks.may_start_in_hot(laid.fencepost));
        list.erase(chunks, laid.first);
        CHECK_FALSE(chunks.may_start_in_hot(laid.first));
    }
}

namespace {

/// The longest way down from the root.
template <class Listed>
std::size_t depth_of(const Listed& listed, std::size_t at) {
    if (at == none) return 0;
    const std::size_t lower = depth_of(listed, listed.list.lower_of(listed.chunks, at));
    const std::size_t upper = depth_of(listed, listed.list.upper_of(listed.chunks, at));
    return 1 + std::max(lower, upper);
}

enum class order { rising, falling, scattered };

}  // namespace

TEST_CASE("region_list: thousands of regions stay within some dozens of steps, in whatever order they come and go") {
    using chunks_type = sparse_chunks<std::size_t, 16>;
    constexpr std::size_t many = 3000;
    for (const order which : {order::rising, order::falling, order::scattered}) {
        for (const std::size_t stride : allot_test::sizes{1024, 4096, 65536}) {
            listed<chunks_type> listed;
            std::map<std::size_t, std::size_t> model;
            for (std::size_t i = 0; i < many; ++i) {
                const std::size_t turn = which == order::rising    ? i
                                         : which == order::falling ? many - 1 - i
                                                                   : i * 1009 % many;
                const std::size_t base = (turn + 1) * stride;
                model[base] = listed.add(base, 600);
                if (i % 3 == 2) {
                    const auto victim = std::next(model.begin(), static_cast<std::ptrdiff_t>(i * 7 % model.size()));
                    listed.erase(victim->second);
                    model.erase(victim);
                }
            }
            std::vector<std::size_t> expected;
            for (const auto& [base, position] : model) expected.push_back(base);
            CHECK(listed.bases() == expected);
            CHECK(depth_of(listed, listed.list.root()) < 45);
            for (const auto& [base, position] : model) {
                REQUIRE(listed.list.find_below(listed.chunks, base + 599) == position);
                REQUIRE(listed.list.find_below(listed.chunks, base) == position);
            }
        }
    }
}

TEMPLATE_LIST_TEST_CASE("region_list: a region that ends elsewhere is counted as it is", "", chunk_layouts) {
    listed<TestType> listed;
    const std::size_t position = listed.add(4096, 2000);
    listed.add(16384, 1000);
    listed.list.set_bytes(listed.chunks, position, 900);
    CHECK(listed.list.bytes() == 1900);
    CHECK(listed.list.at(listed.chunks, position).bytes == 900);
    CHECK(listed.chunks.hot().bytes == listed.list.at(listed.chunks, position).tiled_bytes());
    CHECK(listed.bases() == bases{4096, 16384});
}
