// I2: every chunk size is a multiple of the granule and at least min_chunk_size.
#include "corruption/scene.hpp"
#include "support/catch.hpp"

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("I2 a chunk without a size", "", broken_heaps) {
    scene<TestType> scene;
    for (void* const payload : {scene.a, scene.b, scene.c, scene.e, scene.f, scene.g}) {
        CHECK(scene.verdict_with(scene.header(payload), scene.header(payload) % scene.heap.granule) == "granularity");
    }
}

TEMPLATE_LIST_TEST_CASE("I2 a chunk smaller than the smallest", "", broken_heaps) {
    scene<TestType> scene;
    const std::size_t flags = scene.header(scene.a) % scene.heap.granule;
    for (std::size_t size = 0; size < TestType::min_chunk_size; size += scene.heap.granule) {
        CHECK(scene.verdict_with(scene.header(scene.a), size | flags) == "granularity");
    }
}

TEMPLATE_LIST_TEST_CASE("I2 a size that is no multiple of the granule: bits that are no flag", "", broken_heaps) {
    scene<TestType> scene;
    constexpr bool is_deferred = TestType::traits_type::coalescing == allot::coalescing::deferred;
    const std::size_t known = 1 | 2 | (is_deferred ? 4 : 0) | (scene.has_minimal ? 8 : 0);
    for (std::size_t bit = 1; bit < scene.heap.granule; bit *= 2) {
        if ((bit & known) != 0) continue;
        for (void* const payload : {scene.a, scene.b, scene.f, scene.k}) {
            CHECK(scene.verdict_with(scene.header(payload), scene.header(payload) | bit) == "granularity");
        }
    }
}
