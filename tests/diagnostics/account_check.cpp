#include <allot/diagnostics/account_check.hpp>

#include "support/catch.hpp"
#include "support/field_source.hpp"
#include "support/sparse_store.hpp"

#include <allot/heap.hpp>

#include <cstring>
#include <vector>

using namespace allot_test;

namespace {

struct keeps_all : sourced<allot::bounded_traits> {
    static constexpr std::size_t keep_free_bytes = 1 << 20;
};

struct keeps_more : sourced<granule_16> {
    static constexpr std::size_t keep_free_bytes = 1 << 20;
};

}  // namespace

TEST_CASE("account_check: every bit of what descriptors say of the list is looked at") {
    memory_field field(32768);
    allot::basic_heap<keeps_all> heap;
    heap.source().use(field);
    std::vector<void*> owned;
    for (int i = 0; i < 3; ++i) owned.push_back(heap.allocate(2000));
    REQUIRE(heap.source().asked.size() == 3);
    for (void* const payload : owned) heap.deallocate(payload);
    REQUIRE(heap.source().released.empty());
    REQUIRE(heap.verify());
    for (void* const payload : owned) {  // each was the first chunk of its region
        for (std::ptrdiff_t at = -7; at <= -6; ++at) {
            auto* const word = static_cast<std::size_t*>(payload) + at;
            for (unsigned bit = 0; bit < sizeof(std::size_t) * 8; ++bit) {
                *word ^= std::size_t{1} << bit;
                CHECK(heap.verify().broken == allot::invariant::accounting);
                *word ^= std::size_t{1} << bit;
            }
        }
    }
    CHECK(heap.verify());
}

TEST_CASE("account_check: the list leads through the regions that say so, and what the source gave adds up") {
    using stored = sparse_store<keeps_more, std::size_t>;
    using account = typename stored::store_type::index_type::account_type;
    stored heap;
    allot::detail::region_edit<typename stored::store_type> edit(heap.store);
    std::size_t positions[4];
    for (std::size_t i = 0; i < 4; ++i) {
        REQUIRE(edit.add(0x10000 * (i + 1), 4096, allot::detail::region_origin::source) == allot::region_status::ok);
        positions[i] = heap.take(2000);
        heap.take(1808);
    }
    heap.store.index().account().unlist(heap.store.chunks(), positions[1]);
    REQUIRE(heap.is_sound());
    auto& regions = heap.store.regions();
    SECTION("what was given") {
        heap.store.index().account().came(4096);
        CHECK_FALSE(heap.is_sound());
    }
    SECTION("a list that takes a way round one that is on it, over one that is not") {
        regions.set_extra(heap.store.chunks(), positions[0], account::next_word, positions[1] - positions[0]);
        regions.set_extra(heap.store.chunks(), positions[1], account::next_word, positions[3] - positions[1]);
        CHECK_FALSE(heap.is_sound());
    }
    SECTION("a list whose last one is not the last one") {
        regions.set_extra(heap.store.chunks(), positions[0], account::next_word, positions[3] - positions[0]);
        regions.set_extra(heap.store.chunks(), positions[3], account::next_word, positions[2] - positions[3]);
        regions.set_extra(heap.store.chunks(), positions[2], account::next_word, 0);
        CHECK_FALSE(heap.is_sound());
    }
}
