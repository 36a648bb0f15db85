// I7: a free chunk is in exactly one place: the list of its bin, or the remainder, or the top. So is a cached one.
#include "corruption/scene.hpp"
#include "support/catch.hpp"
#include "support/sparse_store.hpp"

using namespace allot_test;

namespace {

constexpr std::size_t base = 0x40000;
constexpr std::size_t g = 16;

struct deferred_compact_16 : granule_16_compact {
    static constexpr auto coalescing = allot::coalescing::deferred;
};

// Three free chunks of one size, the last one freed first in its list.
template <class Store>
struct three_binned : Store {
    using link = typename Store::chunks_type::link;
    std::size_t first, middle, last;

    three_binned() {
        REQUIRE(this->add(base, 0x4000) == allot::region_status::ok);
        last = take_fenced(), middle = take_fenced(), first = take_fenced();
        for (const std::size_t chunk : {last, middle, first}) this->put(chunk);
        REQUIRE(this->is_sound());
    }
    std::size_t take_fenced() {
        const std::size_t chunk = this->take(40 * g);
        this->take(4 * g);
        return chunk;
    }
    auto& chunks() { return this->store.chunks(); }
    link to(std::size_t chunk) { return chunks().link_to(chunk); }
    allot::invariant broken() {
        allot::detail::verifier<typename Store::store_type> verifier(this->store);
        return verifier.is_sound() ? allot::invariant::none : verifier.broken();
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("I7 a chunk that is out of its list, but is neither the remainder nor a top", "",
                        granule_16_stores) {
    three_binned<TestType> heap;
    auto& bins = const_cast<typename TestType::store_type::index_type::bins_type&>(heap.store.index().binned());
    bins.remove(heap.chunks(), heap.last, TestType::store_type::classes::bin_of(40 * g));
    CHECK((heap.broken() == allot::invariant::links || heap.broken() == allot::invariant::binned_once));
}

TEMPLATE_LIST_TEST_CASE("I7 a chunk that is the first of its bin by its own word alone", "", granule_16_stores) {
    three_binned<TestType> heap;
    const auto head = heap.chunks().prev_free(heap.first);
    heap.chunks().set_links(heap.last, head, head);
    heap.chunks().set_next_free(heap.middle, head);
    CHECK(heap.broken() == allot::invariant::links);
}

TEMPLATE_LIST_TEST_CASE("I7 a chunk in the bin of another size", "", granule_16_stores) {
    three_binned<TestType> heap;
    auto& bins = const_cast<typename TestType::store_type::index_type::bins_type&>(heap.store.index().binned());
    bins.remove(heap.chunks(), heap.last, TestType::store_type::classes::bin_of(40 * g));
    bins.insert(heap.chunks(), {heap.last, 44 * g});
    CHECK(heap.broken() == allot::invariant::binned_once);
}

TEMPLATE_LIST_TEST_CASE("I7 a chunk that its bin does not know", "", granule_16_stores) {
    three_binned<TestType> heap;
    auto& bins = const_cast<typename TestType::store_type::index_type::bins_type&>(heap.store.index().binned());
    const auto head = heap.chunks().prev_free(heap.first);
    for (const std::size_t chunk : {heap.first, heap.middle, heap.last})
        bins.remove(heap.chunks(), chunk, TestType::store_type::classes::bin_of(40 * g));
    for (const std::size_t chunk : {heap.first, heap.middle, heap.last}) heap.chunks().set_links(chunk, head, head);
    CHECK(heap.broken() == allot::invariant::links);
}

TEMPLATE_LIST_TEST_CASE("R-37 a ring of chunks, mutual all around, that no bin leads to: verify ends and says so", "",
                        granule_16_stores) {
    three_binned<TestType> heap;
    heap.chunks().set_links(heap.first, heap.to(heap.middle), heap.to(heap.last));
    heap.chunks().set_links(heap.last, heap.to(heap.first), heap.to(heap.middle));
    CHECK(heap.broken() == allot::invariant::binned_once);
}

TEMPLATE_LIST_TEST_CASE("R-37 a list that leads back into itself", "", granule_16_stores) {
    for (int to = 0; to < 3; ++to) {
        three_binned<TestType> heap;
        const std::size_t chunks[] = {heap.first, heap.middle, heap.last};
        heap.chunks().set_next_free(heap.last, heap.to(chunks[to]));
        CHECK((heap.broken() == allot::invariant::links || heap.broken() == allot::invariant::binned_once));
    }
}

namespace {

using caching_stores = joined<if_word_fits<std::uint64_t, sparse_store<deferred_compact_16, std::uint64_t>>,
                              std::tuple<sparse_store<deferred_compact_16, std::uint32_t>>>;

template <class Store>
struct two_cached : Store {
    std::size_t first, second;

    two_cached() {
        REQUIRE(this->add(base, 0x4000) == allot::region_status::ok);
        second = this->take(4 * g), first = this->take(4 * g);
        this->take(4 * g);
        this->put(second);
        this->put(first);
        REQUIRE(this->shape() == "(4) (4) [4] rest");
        REQUIRE(this->is_sound());
    }
    allot::invariant broken_with_next(std::size_t of, std::size_t next) {
        auto& chunks = this->store.chunks();
        chunks.set_next_cached(of, next == 0 ? chunks.no_link : chunks.link_to(next));
        allot::detail::verifier<typename Store::store_type> verifier(this->store);
        return verifier.is_sound() ? allot::invariant::none : verifier.broken();
    }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("I7 a cached chunk that its list has lost", "", caching_stores) {
    two_cached<TestType> heap;
    CHECK(heap.broken_with_next(heap.first, 0) == allot::invariant::binned_once);
}

TEMPLATE_LIST_TEST_CASE("I7 a chunk in use in a cached list", "", caching_stores) {
    two_cached<TestType> heap;
    CHECK(heap.broken_with_next(heap.second, heap.second + 4 * g + 4 * g) == allot::invariant::binned_once);
}

TEMPLATE_LIST_TEST_CASE("R-37 a cached list that leads back into itself: verify ends and says so", "", caching_stores) {
    two_cached<TestType> heap;
    CHECK(heap.broken_with_next(heap.second, heap.first) == allot::invariant::binned_once);
    CHECK(heap.broken_with_next(heap.first, heap.first) == allot::invariant::binned_once);
}

TEMPLATE_LIST_TEST_CASE("I7 a used chunk that calls itself cached, a cached one that calls itself used", "",
                        caching_heaps) {
    scene<TestType> scene;
    CHECK(scene.verdict_with(scene.header(scene.a), scene.header(scene.a) | 4) == "binned_once");
    CHECK(scene.verdict_with(scene.header(scene.h), scene.header(scene.h) & ~std::size_t{4}) == "binned_once");
}
