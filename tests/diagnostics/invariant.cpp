#include <allot/diagnostics/invariant.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"

#include <cstdint>

using namespace allot_test;

TEST_CASE("verify_result: true for a sound heap, false for every invariant by its number") {
    CHECK(allot::verify_result{allot::invariant::none, nullptr});
    for (unsigned number = 1; number <= 10; ++number) {
        CHECK_FALSE(allot::verify_result{static_cast<allot::invariant>(number), nullptr});
    }
    STATIC_REQUIRE(static_cast<unsigned>(allot::invariant::tiling) == 1);
    STATIC_REQUIRE(static_cast<unsigned>(allot::invariant::accounting) == 10);
}

TEST_CASE("verify_result: names the invariant and the chunk that shows it") {
    checked_heap<allot::basic_heap<allot::bounded_traits>> heap(4096);
    auto* const payload = static_cast<std::size_t*>(heap.take(4));
    heap.take(4);
    const std::size_t header = payload[-1];
    payload[-1] = 0;
    const allot::verify_result found = heap.raw().verify();
    payload[-1] = header;
    CHECK(found.broken == allot::invariant::granularity);
    CHECK(found.where == payload - 1);
    CHECK(heap.raw().verify());
}
