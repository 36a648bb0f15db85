// I1: the chunks of a region tile it exactly, from its first chunk to its fencepost.
#include "corruption/scene.hpp"
#include "support/catch.hpp"
#include "support/sizes.hpp"

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("I1 a chunk that is larger than what is left of its region", "", broken_heaps) {
    scene<TestType> scene;
    REQUIRE(scene.verdict() == "sound");
    for (const std::size_t more : sizes{8192, 1 << 20, SIZE_MAX / 2 + 1}) {
        for (void* const payload : {scene.a, scene.b, scene.e, scene.f, scene.k}) {
            CHECK(scene.verdict_with(scene.header(payload), scene.header(payload) + more) == "tiling");
        }
    }
}

TEMPLATE_LIST_TEST_CASE("I1 the last chunk ends before the fencepost, or the fencepost is overwritten", "",
                        broken_heaps) {
    checked_heap<TestType> heap(2048);
    void* const payload = heap.allocate(heap.stats().largest_free - heap.overhead);
    std::size_t& fencepost = scene<TestType>::header_above(payload);
    const std::size_t sound = fencepost;
    for (const std::size_t broken : sizes{0, sound - 1, sound + 16, sound | 0x1000, SIZE_MAX}) {
        fencepost = broken;
        CHECK(heap.raw().verify().broken == allot::invariant::tiling);
    }
    fencepost = sound;
    CHECK(heap.raw().verify());
}

TEMPLATE_LIST_TEST_CASE("I1 the descriptor of a region is overwritten", "", broken_heaps) {
    scene<TestType> scene;
    for (void* const first : {scene.a, scene.k}) {
        for (std::ptrdiff_t at = -5; at <= -2; ++at) {
            for (const std::size_t flipped : sizes{1, 2, 16, 0x1000, SIZE_MAX}) {
                std::size_t& word = scene.word(first, at);
                CHECK(scene.verdict_with(word, word ^ flipped) == "tiling");
            }
        }
    }
}
