// I5: a free chunk's footer (or minimal flag) agrees with its header.
#include "corruption/scene.hpp"
#include "support/catch.hpp"
#include "support/sizes.hpp"

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("I5 the footer of a binned chunk, of the remainder and of a top", "", broken_heaps) {
    scene<TestType> scene;
    void* const top = const_cast<void*>(chunks_of(scene.heap.raw()).back().payload);
    for (void* const payload : {scene.b, scene.d, scene.f, top}) {
        std::size_t& footer = scene.footer(payload);
        for (const std::size_t broken : sizes{0, footer + 1, footer - 16, footer + 16, SIZE_MAX}) {
            CHECK(scene.verdict_with(footer, broken) == "footer");
        }
    }
}

TEMPLATE_LIST_TEST_CASE("I5 a header that no longer agrees with its footer", "", broken_heaps) {
    checked_heap<TestType> heap(4096);
    void* const below = heap.take(40);
    heap.take(4);
    heap.deallocate(below);
    // The chunk is cut short where its old content looks like a chunk in use that reaches as far.
    const std::size_t cut = 8 * heap.granule;
    scene<TestType>::word(below, static_cast<std::ptrdiff_t>((40 * heap.granule - cut) / sizeof(std::size_t)) - 1) =
        cut | 1;
    scene<TestType>::header(below) -= cut;
    CHECK(heap.raw().verify().broken == allot::invariant::footer);
}

TEMPLATE_TEST_CASE("I5 the minimal flag above a minimal chunk is missing, or stands above another", "", compact_heap,
                   compact_immediate_heap) {
    checked_heap<TestType> heap(4096);
    void* const minimal = heap.take(TestType::min_chunk_size / heap.granule);
    void* const above = heap.take(4);
    void* const larger = heap.take(2);
    void* const other = heap.take(4);
    heap.deallocate(minimal);
    heap.deallocate(larger);
    heap.coalesce();
    for (void* const payload : {above, other, minimal, larger}) {
        scene<TestType>::header(payload) ^= 8;
        const allot::invariant broken = heap.raw().verify().broken;
        CHECK(broken == (scene<TestType>::has_minimal ? allot::invariant::footer : allot::invariant::granularity));
        scene<TestType>::header(payload) ^= 8;
    }
    CHECK(heap.raw().verify());
}
