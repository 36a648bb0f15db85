// I8: wherever the link exists, next_free(c).prev_free == c and prev_free(c).next_free == c.
#include "corruption/scene.hpp"
#include "support/catch.hpp"
#include "support/sizes.hpp"

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("I8 links overwritten with what leads nowhere or not back", "", broken_heaps) {
    scene<TestType> scene;
    const std::size_t elsewhere = address_of(&scene) & ~std::size_t{15};
    for (void* const payload : {scene.b, scene.d}) {
        for (const std::size_t wrong :
             sizes{SIZE_MAX, 0x4141414141414141u & SIZE_MAX, elsewhere + 8, address_of(scene.a) - sizeof(std::size_t),
                   address_of(scene.b) + scene.heap.granule - sizeof(std::size_t), ~elsewhere}) {
            const std::string found = scene.verdict_with(scene.word(payload, 0), wrong);
            CHECK((found == "links" || (scene.is_compact && found == "binned_once")));
        }
    }
}

TEMPLATE_LIST_TEST_CASE("I8 a back link that does not lead back", "", word_link_heaps) {
    scene<TestType> scene;
    const std::size_t other = address_of(scene.f) - sizeof(std::size_t);
    for (const std::size_t wrong :
         sizes{other, other + 16, address_of(&scene) & ~std::size_t{7}, SIZE_MAX - 7, 0x1000}) {
        for (void* const payload : {scene.b, scene.d})
            CHECK(scene.verdict_with(scene.word(payload, 1), wrong) == "links");
    }
}

TEMPLATE_LIST_TEST_CASE("I8 a link to the last granule of a region, and just past it", "", word_link_heaps) {
    scene<TestType> scene;
    const allot::chunk_info top = chunks_of(scene.heap.raw()).back();
    const std::size_t fencepost = address_of(top.payload) + top.bytes - sizeof(std::size_t);
    for (const std::size_t wrong : sizes{fencepost - scene.heap.granule, fencepost, fencepost + scene.heap.granule}) {
        CHECK(scene.verdict_with(scene.word(scene.b, 0), wrong) == "links");
    }
}

TEMPLATE_LIST_TEST_CASE("I8 the link of a cached chunk leads out of the heap", "", caching_heaps) {
    scene<TestType> scene;
    for (const std::size_t wrong : sizes{0x41414140, SIZE_MAX & 0xFFFFFFF8, 0x18}) {
        CHECK(scene.verdict_with(scene.word(scene.i, 0), wrong) == "links");
    }
}

TEMPLATE_LIST_TEST_CASE("I8 a chunk that is in no bin has no link: nothing is read there", "", broken_heaps) {
    scene<TestType> scene;
    void* const top = static_cast<std::byte*>(scene.j) + 4 * scene.heap.granule;
    for (void* const payload : {scene.f, top}) {
        CHECK(scene.verdict_with(scene.word(payload, 0), scene.word(payload, 0) + 4096) == "sound");
    }
}
