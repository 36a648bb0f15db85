// heaps that are configured differently are different types: two translation units cannot mix them up.
#include "scenarios/two_configurations/configuration.hpp"
#include "support/catch.hpp"

#include <allot/heap.hpp>
#include <allot/locked_heap.hpp>
#include <allot/policy/ticket_lock.hpp>

#include <type_traits>

TEST_CASE("R-33 two translation units with different configurations under one name keep to their own") {
    for (int twice = 0; twice < 2; ++twice) {
        const configuration deferred = deferred_configuration();
        const configuration compact = compact_configuration();
        CHECK(deferred.min_chunk_size == 4 * sizeof(void*));
        CHECK(deferred.shape == "(4) [2] rest");
        CHECK(compact.min_chunk_size == (sizeof(void*) == 8 ? 16u : 4 * sizeof(void*)));
        CHECK(compact.shape == "4 [2] rest");
    }
}

TEST_CASE("R-33 different traits and different locks are different types") {
    STATIC_REQUIRE_FALSE(std::is_same_v<allot::basic_heap<allot::bounded_traits>, allot::heap>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<allot::basic_heap<allot::bounded_traits>&, allot::heap&>);
    STATIC_REQUIRE_FALSE(
        std::is_convertible_v<allot::locked_heap<allot::heap, allot::ticket_lock>&, allot::locked_heap<>&>);
}
