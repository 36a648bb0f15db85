// I10: in use + free + cached + overhead = the bytes of the regions, and the counters agree with a walk.
#include "corruption/scene.hpp"
#include "support/catch.hpp"
#include "support/sparse_store.hpp"

using namespace allot_test;

namespace {

template <class Store>
allot::invariant broken(const Store& heap) {
    allot::detail::verifier<typename Store::store_type> verifier(heap.store);
    return verifier.is_sound() ? allot::invariant::none : verifier.broken();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("I10 callers own more or less than the counters say", "", granule_16_stores) {
    TestType heap;
    REQUIRE(heap.add(0x40000, 0x8000) == allot::region_status::ok);
    heap.take(64);
    CHECK(broken(heap) == allot::invariant::none);
    heap.store.counted().took(64);
    CHECK(broken(heap) == allot::invariant::accounting);
    heap.store.counted().gave_back(64);
    heap.store.counted().resized(0, 16);
    CHECK(broken(heap) == allot::invariant::accounting);
    heap.store.counted().resized(16, 0);
    CHECK(broken(heap) == allot::invariant::none);
}

TEMPLATE_LIST_TEST_CASE("I10 a chunk is freed behind the back of the counters", "", granule_16_stores) {
    TestType heap;
    REQUIRE(heap.add(0x40000, 0x8000) == allot::region_status::ok);
    const std::size_t chunk = heap.take(64);
    heap.store.merge(chunk, {64});
    CHECK(broken(heap) == allot::invariant::accounting);
}

TEMPLATE_LIST_TEST_CASE("I10 a used chunk split in two by a word written into it", "", broken_heaps) {
    scene<TestType> scene;
    const std::size_t size = scene.size_of(scene.e);
    scene.word(static_cast<std::byte*>(scene.e) + size / 2, -1) = size / 2 | 3;
    CHECK(scene.verdict_with(scene.header(scene.e), scene.header(scene.e) - size / 2) == "accounting");
}

TEMPLATE_LIST_TEST_CASE("I10 two used chunks made one", "", broken_heaps) {
    checked_heap<TestType> heap(4096);
    void* const low = heap.take(4);
    void* const high = heap.take(4);
    heap.take(4);
    scene<TestType>::header(low) += scene<TestType>::size_of(high);
    CHECK(heap.raw().verify().broken == allot::invariant::accounting);
}
