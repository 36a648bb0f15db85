// I6: no two neighbouring chunks are both free. (Cached chunks count as in use.)
#include "corruption/scene.hpp"
#include "support/catch.hpp"

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("I6 a used chunk between free ones that calls itself free", "", broken_heaps) {
    scene<TestType> scene;
    for (void* const payload : {scene.c, scene.e}) {
        CHECK(scene.verdict_with(scene.header(payload), scene.header(payload) & ~std::size_t{1}) == "coalesced");
    }
}

TEMPLATE_LIST_TEST_CASE("I6 a free chunk that was cut in two and looks right in every other way", "", broken_heaps) {
    scene<TestType> scene;
    const std::size_t size = scene.size_of(scene.b);
    void* const upper = static_cast<std::byte*>(scene.b) + size / 2;
    scene.footer(scene.b) = size / 2;
    scene.header(scene.b) = size / 2 | 2;
    scene.word(upper, -2) = size / 2;
    scene.header(upper) = size / 2;
    CHECK(scene.verdict() == "coalesced");
}
