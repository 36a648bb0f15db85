#include <allot/adapters/exhausted.hpp>

#include <allot/heap.hpp>

#include "support/catch.hpp"
#include "support/scripted_heap.hpp"

#include <new>

using allot_test::scripted_heap;
using allot_test::scripted_traits;

TEST_CASE("allocate_or_give_up: the payload, asked for as it was told") {
    scripted_heap heap;
    CHECK(allot::detail::allocate_or_give_up(heap, 30, 64) == heap.payload);
    CHECK(heap.asked_bytes == 30);
    CHECK(heap.asked_alignment == 64);
    CHECK(scripted_traits::exhausted_calls == 0);
}

TEST_CASE("allocate_or_give_up: on_exhausted hears of it before bad_alloc leaves") {
    scripted_heap heap;
    heap.failures_left = 2;
    CHECK_THROWS_AS(allot::detail::allocate_or_give_up(heap, 30, 64), std::bad_alloc);
    CHECK(heap.allocations == 2);
    CHECK(scripted_traits::exhausted_calls == 1);
    CHECK(scripted_traits::exhausted_bytes == 30);
}

TEST_CASE("allocate_or_give_up: what on_exhausted made room for is served") {
    scripted_heap heap;
    heap.failures_left = 1;
    CHECK(allot::detail::allocate_or_give_up(heap, 30, 64) == heap.payload);
    CHECK(heap.allocations == 2);
}

TEST_CASE("is_hopeless: no power of two, or larger than any request") {
    using allot::detail::is_hopeless;
    STATIC_REQUIRE(is_hopeless<allot::heap>(0));
    STATIC_REQUIRE(is_hopeless<allot::heap>(24));
    STATIC_REQUIRE(is_hopeless<allot::heap>(SIZE_MAX / 2 + 1));
    STATIC_REQUIRE_FALSE(is_hopeless<allot::heap>(1));
    STATIC_REQUIRE_FALSE(is_hopeless<allot::heap>(4096));
}
