#include <allot/adapters/exhausted.hpp>

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
    heap.failures_left = 1;
    CHECK_THROWS_AS(allot::detail::allocate_or_give_up(heap, 30, 64), std::bad_alloc);
    CHECK(heap.allocations == 1);
    CHECK(scripted_traits::exhausted_calls == 1);
    CHECK(scripted_traits::exhausted_bytes == 30);
}
