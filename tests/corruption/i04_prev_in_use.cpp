// I4: a chunk's prev-in-use bit equals its lower neighbour's in-use bit.
#include "corruption/scene.hpp"
#include "support/catch.hpp"

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("I4 the bit of any chunk, above used, free and cached ones", "", broken_heaps) {
    scene<TestType> scene;
    for (void* const payload : {scene.a, scene.b, scene.c, scene.d, scene.e, scene.f, scene.g, scene.j, scene.k}) {
        CHECK(scene.verdict_with(scene.header(payload), scene.header(payload) ^ 2) == "prev_in_use");
    }
}

TEMPLATE_LIST_TEST_CASE("I4 the bit of a fencepost, above the top and above a used chunk", "", broken_heaps) {
    checked_heap<TestType> heap(2048);
    for (const bool is_full : {false, true}) {
        void* const last = const_cast<void*>(chunks_of(heap.raw()).back().payload);
        if (is_full) REQUIRE(heap.allocate(heap.stats().largest_free - heap.overhead) == last);
        scene<TestType>::header_above(last) ^= 2;
        CHECK(heap.raw().verify().broken == allot::invariant::prev_in_use);
        scene<TestType>::header_above(last) ^= 2;
        CHECK(heap.raw().verify());
    }
}
