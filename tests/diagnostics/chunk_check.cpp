#include <allot/diagnostics/chunk_check.hpp>

#include "support/catch.hpp"
#include "support/sparse_store.hpp"

using namespace allot_test;
using allot::invariant;

namespace {

/// In use, free, in use, free to the end of the region.
template <class Store>
struct scene : Store {
    using checker = allot::detail::chunk_check<typename Store::store_type>;
    using chunks_type = typename Store::chunks_type;

    std::size_t below;
    std::size_t hole;
    std::size_t above;

    scene() {
        REQUIRE(this->add(0x1000, 4096) == allot::region_status::ok);
        below = this->take(64);
        hole = this->take(128);
        above = this->take(64);
        this->put(hole);
    }

    auto& chunks() { return this->store.chunks(); }
    allot::detail::region home() { return this->store.regions().at(chunks(), this->store.regions().root()); }

    /// What a look at a chunk finds.
    invariant found_at(std::size_t chunk, std::size_t free_prev = allot::detail::none) {
        checker check(this->store);
        check.look_at(home(), chunk, free_prev);
        return check.broken();
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("chunk_check: sound chunks are counted by what they are", "", granule_16_stores) {
    scene<TestType> given;
    typename scene<TestType>::checker check(given.store);
    CHECK(check.look_at(given.home(), given.below, 0));
    CHECK(check.look_at(given.home(), given.hole, 0));
    CHECK(check.look_at(given.home(), given.above, given.hole));
    CHECK(check.broken() == invariant::none);
    CHECK(check.seen().in_use_chunks == 2);
    CHECK(check.seen().in_use_bytes == 128);
    CHECK(check.seen().free_chunks == 1);
    CHECK(check.seen().listed_chunks + check.seen().loose_chunks == 1);
    CHECK(check.check_fencepost(given.home().fencepost, given.chunks().next_of(given.above)));
}

TEMPLATE_LIST_TEST_CASE("chunk_check: what one chunk shows of a broken heap is named", "", granule_16_stores) {
    scene<TestType> given;
    auto& chunks = given.chunks();
    using chunks_type = typename scene<TestType>::chunks_type;
    CHECK(given.found_at(given.above) == invariant::prev_in_use);  // it says that there is a free one below it
    CHECK(given.found_at(given.hole, given.below) == invariant::prev_in_use);
    const std::size_t header = chunks.header_of(given.below);
    chunks.set_header(given.below, 8 | chunks_type::in_use | chunks_type::prev_in_use);
    CHECK(given.found_at(given.below) == invariant::granularity);
    chunks.set_header(given.below, header + 0x10000);
    CHECK(given.found_at(given.below) == invariant::tiling);
    chunks.set_header(given.below, header);
    chunks.set_header(given.hole, 112 | chunks_type::prev_in_use);
    CHECK(given.found_at(given.hole) == invariant::footer);
    chunks.set_header(given.hole, 128 | chunks_type::prev_in_use);
    chunks.set_next_free(given.hole, chunks.link_to(given.below));
    CHECK(given.found_at(given.hole) == invariant::links);
    CHECK(given.found_at(given.below) == invariant::none);
}

TEMPLATE_LIST_TEST_CASE("chunk_check: the first thing that is wrong is kept", "", granule_16_stores) {
    scene<TestType> given;
    typename scene<TestType>::checker check(given.store);
    CHECK_FALSE(check.holds(false, invariant::bin_map, 1));
    CHECK_FALSE(check.holds(false, invariant::links, 2));
    CHECK(check.holds(true, invariant::links, 3));
    CHECK(check.broken() == invariant::bin_map);
    CHECK(check.where() == 1);
}
