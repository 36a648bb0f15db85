// verify over sound heaps, and what its result says. That it finds what is broken: tests/corruption.
#include <allot/diagnostics/verify.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/lived_in.hpp"

#include <cstring>

using namespace allot_test;
using allot::invariant;

TEST_CASE("verify: the invariants are numbered from 1 to 10") {
    STATIC_REQUIRE(static_cast<int>(invariant::none) == 0);
    STATIC_REQUIRE(static_cast<int>(invariant::tiling) == 1);
    STATIC_REQUIRE(static_cast<int>(invariant::granularity) == 2);
    STATIC_REQUIRE(static_cast<int>(invariant::alignment) == 3);
    STATIC_REQUIRE(static_cast<int>(invariant::prev_in_use) == 4);
    STATIC_REQUIRE(static_cast<int>(invariant::footer) == 5);
    STATIC_REQUIRE(static_cast<int>(invariant::coalesced) == 6);
    STATIC_REQUIRE(static_cast<int>(invariant::binned_once) == 7);
    STATIC_REQUIRE(static_cast<int>(invariant::links) == 8);
    STATIC_REQUIRE(static_cast<int>(invariant::bin_map) == 9);
    STATIC_REQUIRE(static_cast<int>(invariant::accounting) == 10);
}

TEST_CASE("verify: a result is true if nothing is broken") {
    STATIC_REQUIRE(static_cast<bool>(allot::verify_result{invariant::none, nullptr}));
    STATIC_REQUIRE_FALSE(static_cast<bool>(allot::verify_result{invariant::tiling, nullptr}));
    STATIC_REQUIRE_FALSE(static_cast<bool>(allot::verify_result{invariant::accounting, nullptr}));
}

TEMPLATE_LIST_TEST_CASE("verify: an empty heap and one with a past are sound, and verify writes nothing", "",
                        contract_heaps) {
    CHECK(TestType{}.verify());
    lived_in<TestType> lived;
    const std::vector<std::byte> before = lived.heap.field().image();
    const allot::verify_result result = lived.heap.raw().verify();
    CHECK(result);
    CHECK(result.broken == invariant::none);
    CHECK(result.where == nullptr);
    CHECK(lived.heap.field().image() == before);
}

TEMPLATE_LIST_TEST_CASE("verify: a payload's owner may write what he likes, every byte of it", "", contract_heaps) {
    for (const int fill : {0x00, 0x01, 0x42, 0xFF}) {
        checked_heap<TestType> heap(4096);
        void* const payloads[] = {heap.take(3), heap.take(9), heap.take(40)};
        for (void* const payload : payloads) std::memset(payload, fill, TestType::usable_size(payload));
        CHECK(heap.raw().verify());
    }
}

TEMPLATE_LIST_TEST_CASE("verify: says where", "", plain_heaps) {
    checked_heap<TestType> heap(4096);
    heap.take(3);
    auto* const payload = static_cast<std::size_t*>(heap.take(9));
    heap.take(3);
    payload[-1] ^= 2;
    const allot::verify_result result = heap.raw().verify();
    CHECK(result.broken == invariant::prev_in_use);
    CHECK(result.where == payload - 1);
}
