// The steps between which a heap copies payloads and asks its source.
#include <allot/core/heap_steps.hpp>

#include "support/catch.hpp"
#include "support/heaps.hpp"

#include <allot/heap.hpp>

#include <cstdint>
#include <cstring>

using namespace allot_test;
using outcome = allot::relocation::outcome;

namespace {

/// A heap over memory of its own, and a payload full of one byte.
template <class Heap>
struct heap_with_payload {
    heap_with_payload() {
        REQUIRE(heap.add_region(memory, sizeof memory) == allot::region_status::ok);
        below = heap.allocate(600);
        payload = heap.allocate(600);
        above = heap.allocate(600);
        std::memset(payload, 0x5a, 600);
    }

    bool has_content(const void* at) const {
        const auto* const bytes = static_cast<const unsigned char*>(at);
        for (int i = 0; i < 600; ++i) {
            if (bytes[i] != 0x5a) return false;
        }
        return true;
    }

    alignas(64) unsigned char memory[16384];
    Heap heap;
    void* below;
    void* payload;
    void* above;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("heap_steps: a payload that stays is not copied", "", core_heaps) {
    heap_with_payload<TestType> given;
    given.heap.deallocate(given.above);
    const allot::relocation move = given.heap.begin_reallocate(given.payload, 900, 16);
    CHECK(move.how == outcome::stayed);
    CHECK(move.to == given.payload);
    CHECK_FALSE(move.must_copy());
    CHECK(given.heap.verify());
}

TEMPLATE_LIST_TEST_CASE("heap_steps: growth downward leaves the content alone until it is moved", "", core_heaps) {
    heap_with_payload<TestType> given;
    given.heap.deallocate(given.below);
    const allot::relocation move = given.heap.begin_reallocate(given.payload, 900, 16);
    REQUIRE(move.how == outcome::down);
    CHECK(move.to == given.below);
    CHECK(given.heap.verify());
    CHECK(given.has_content(move.from));
    std::memmove(move.to, move.from, move.bytes);
    given.heap.finish_reallocate(move, 900);
    CHECK(given.has_content(move.to));
    CHECK(given.heap.usable_size(move.to) < 1200);
    CHECK(given.heap.verify());
}

TEMPLATE_LIST_TEST_CASE("heap_steps: both places are the caller's between the halves of a move", "", core_heaps) {
    heap_with_payload<TestType> given;
    const allot::relocation move = given.heap.begin_reallocate(given.payload, 900, 16);
    REQUIRE(move.how == outcome::moved);
    const std::size_t during = given.heap.stats().in_use_chunks;
    CHECK(given.has_content(move.from));
    CHECK(given.heap.verify());
    std::memcpy(move.to, move.from, move.bytes);
    given.heap.finish_reallocate(move, 900);
    CHECK(given.heap.stats().in_use_chunks == during - 1);
    CHECK(given.heap.verify());
}

TEMPLATE_LIST_TEST_CASE("heap_steps: what a moving payload holds on the way is no peak", "", core_heaps) {
    heap_with_payload<TestType> given;
    given.heap.deallocate(given.below);
    REQUIRE(given.heap.reallocate(given.payload, 900) == given.below);
    given.heap.deallocate(given.above);
    given.heap.deallocate(given.below);
    CHECK(given.heap.stats().peak_in_use_bytes < 1900);
}

TEST_CASE("heap_steps: what a source is asked for is enough, or nothing") {
    using steps = allot::detail::heap_steps<allot::default_traits>;
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, steps::max_request / 2}) {
        CHECK(steps::span_for(bytes, steps::default_alignment) > bytes);
        CHECK(steps::span_for(bytes, 4096) >= bytes + 4096);
    }
    CHECK(steps::span_for(steps::max_request, steps::default_alignment) == 0);
    CHECK(steps::span_for(steps::max_request / 2 + 1, steps::max_request / 2 + 1) == 0);
    CHECK(steps::span_for(steps::max_request + 1, steps::default_alignment) == 0);
    CHECK(steps::span_for(1, SIZE_MAX / 2 + 1) == 0);
    CHECK(steps::span_for(1, 48) == 0);
}

TEST_CASE("heap_steps: a span smaller than what was asked for is not taken in") {
    alignas(64) static unsigned char memory[4096];
    allot::heap heap;
    CHECK_FALSE(heap.add_span({nullptr, 0}, 100));
    CHECK_FALSE(heap.add_span({memory, 4095}, 4096));
    CHECK(heap.stats().regions == 0);
    CHECK(heap.add_span({memory, 4096}, 4096));
    CHECK(heap.stats().regions == 1);
}
