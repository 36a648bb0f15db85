// The store inside a heap, a locked heap, and what derives from either.
#include <allot/diagnostics/store_of.hpp>

#include "support/catch.hpp"

#include <allot/locked_heap.hpp>

#include <cstddef>

namespace {

template <class Heap>
struct derived : Heap {};

template <class Heap>
void check_store() {
    alignas(64) static std::byte memory[4096];
    Heap heap;
    REQUIRE(heap.add_region(memory, sizeof memory) == allot::region_status::ok);
    CHECK(allot::detail::store_of(heap).regions().bytes() == sizeof memory);
}

}  // namespace

TEST_CASE("store_of: of every kind of heap") {
    check_store<allot::heap>();
    check_store<allot::basic_heap<allot::bounded_traits>>();
    check_store<allot::locked_heap<>>();
    check_store<derived<allot::heap>>();
    check_store<derived<allot::locked_heap<>>>();
}
