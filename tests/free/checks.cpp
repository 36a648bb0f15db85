// What an inspection believes and what it calls the corruption, over words that a test may overwrite.
#include <allot/free/checks.hpp>

#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_store.hpp"

#include <vector>

using namespace allot_test;
using allot::corruption_kind;
using allot::detail::corruption;

namespace {

constexpr std::size_t g = 16;
constexpr std::size_t base = 0x40000;

// [a 4] b 60 [c 4] d 90 [e 4] top
template <class Store>
struct scene : Store {
    using chunks_type = typename Store::chunks_type;
    static constexpr std::size_t word = chunks_type::word_bytes;
    std::size_t a, b, c, d, e;

    scene() {
        REQUIRE(this->add(base, 0x10000) == allot::region_status::ok);
        a = this->take(4 * g), b = this->take(60 * g), c = this->take(4 * g), d = this->take(90 * g),
        e = this->take(4 * g);
        this->put(b);
        this->put(d);
        REQUIRE(this->shape() == "[4] 60 [4] 90 [4] rest");
    }
    chunks_type& chunks() { return this->store.chunks(); }
    auto inspect() { return this->store.inspect(); }
    void overwrite(std::size_t address, std::size_t value) { chunks().set_word(address, value); }

    // What is found around `chunk` after a word was overwritten; the word is put back.
    corruption around_after(std::size_t chunk, std::size_t address, std::size_t value) {
        const std::size_t before = chunks().memory().load(address);
        overwrite(address, value);
        const std::size_t size = chunks().size_of(chunk);
        const corruption found =
            has_sound_neighbours(chunk, size) ? corruption{} : inspect().why_not_sound_neighbours(chunk, size);
        overwrite(address, before);
        return found;
    }
    bool has_sound_neighbours(std::size_t chunk, std::size_t size) {
        return inspect().is_above_sound(chunk + size) && inspect().is_below_sound(chunk);
    }
    const auto& heads() { return this->store.index().binned().heads(); }
    std::size_t beyond() const { return base + 0x10000 - word; }
};

struct deferred_granule_16 : granule_16 {
    static constexpr auto coalescing = allot::coalescing::deferred;
};

bool is(const corruption& found, corruption_kind kind) { return static_cast<bool>(found) && found.kind == kind; }

}  // namespace

TEMPLATE_LIST_TEST_CASE("checks: chunks in use are owned, nothing else is", "", granule_16_stores) {
    scene<TestType> scene;
    for (const std::size_t owned : {scene.a, scene.c, scene.e}) CHECK(scene.inspect().is_owned(owned));
    for (const std::size_t other : {scene.b, scene.d, scene.store.index().top().chunk, scene.a + g, scene.c + g,
                                    scene.a + 8, scene.beyond(), std::size_t{8}}) {
        CHECK_FALSE(scene.inspect().is_owned(other));
    }
}

TEMPLATE_LIST_TEST_CASE("checks: what a payload is instead, by name", "", granule_16_stores) {
    scene<TestType> scene;
    const auto corruption = [&](std::size_t chunk) {
        return scene.inspect().why_not_owned(scene.chunks().payload_of(chunk));
    };
    CHECK(is(corruption(scene.a + 1), corruption_kind::misaligned_pointer));
    CHECK(is(corruption(scene.beyond()), corruption_kind::foreign_pointer));
    CHECK(is(corruption(base - 0x1000 - scene.word), corruption_kind::foreign_pointer));
    CHECK(is(corruption(scene.b), corruption_kind::double_free));
    scene.overwrite(scene.a, 0x100000 | 3);
    CHECK(is(corruption(scene.a), corruption_kind::broken_header));
    CHECK(corruption(scene.a).where == scene.chunks().payload_of(scene.a));
}

TEMPLATE_LIST_TEST_CASE("checks: a size out of the region is not stepped over, wherever the chunk is", "",
                        granule_16_stores) {
    scene<TestType> scene;
    const std::size_t fencepost =
        scene.store.regions().at(scene.chunks(), scene.store.regions().lowest(scene.chunks())).fencepost;
    for (std::size_t chunk = fencepost - 6 * g; chunk != fencepost; chunk += g) {
        for (const std::size_t size : sizes{0, g, fencepost - chunk + g, 0x200000, 0x7FFFFFF0}) {
            const bool is_possible = size >= TestType::chunks_type::min_chunk && size <= fencepost - chunk;
            scene.overwrite(chunk, size | 3);
            const std::size_t words = scene.written_words();
            const bool is_owned = scene.inspect().is_owned(chunk);
            CHECK((!is_owned || is_possible));
            CHECK(scene.written_words() == words);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("checks: nothing is wrong around a chunk of a sound heap", "", granule_16_stores) {
    scene<TestType> scene;
    for (const std::size_t chunk : {scene.a, scene.c, scene.e}) {
        CHECK(scene.has_sound_neighbours(chunk, scene.chunks().size_of(chunk)));
    }
    for (const std::size_t chunk : {scene.b, scene.d}) {
        CHECK(scene.inspect().has_sound_links(chunk));
        CHECK(scene.inspect().leads_inside(chunk));
        CHECK(scene.inspect().is_free_chunk(chunk));
    }
}

TEMPLATE_LIST_TEST_CASE("checks: a free neighbour above with a broken header, footer or link", "", granule_16_stores) {
    scene<TestType> scene;
    const std::size_t size = scene.chunks().size_of(scene.b);
    CHECK(is(scene.around_after(scene.a, scene.b, 0x100000 | 2), corruption_kind::broken_header));
    CHECK(is(scene.around_after(scene.a, scene.b, size), corruption_kind::broken_header));
    CHECK(is(scene.around_after(scene.a, scene.b, 0), corruption_kind::broken_header));
    CHECK(is(scene.around_after(scene.a, scene.c - scene.word, size + g), corruption_kind::broken_footer));
    CHECK(is(scene.around_after(scene.a, scene.b + scene.word, 0x12345670), corruption_kind::broken_link));
    const std::size_t named = scene.chunks().payload_of(scene.b);
    CHECK(scene.around_after(scene.a, scene.b, 0).where == named);
    CHECK(scene.around_after(scene.a, scene.c - scene.word, size + g).where == named);
    CHECK(scene.around_after(scene.a, scene.b + scene.word, 0x12345670).where == named);
}

TEMPLATE_LIST_TEST_CASE("checks: a free neighbour below with a broken footer, header or link", "", granule_16_stores) {
    scene<TestType> scene;
    for (const std::size_t footer : sizes{0, 1, g, 59 * g, 61 * g, 0x100000, 0x7FFFFFF0}) {
        CHECK(is(scene.around_after(scene.c, scene.c - scene.word, footer), corruption_kind::broken_footer));
    }
    CHECK(is(scene.around_after(scene.c, scene.b, 59 * g | 2), corruption_kind::broken_footer));
    CHECK(is(scene.around_after(scene.c, scene.b + scene.word, 0x12345670), corruption_kind::broken_link));
    CHECK(scene.around_after(scene.c, scene.c - scene.word, 0x100000).where == scene.chunks().payload_of(scene.c));
    CHECK(scene.around_after(scene.c, scene.b + scene.word, 0x12345670).where == scene.chunks().payload_of(scene.b));
}

TEMPLATE_LIST_TEST_CASE("checks: what an overwritten link of a cached chunk leads to is named only if it is a chunk",
                        "", granule_16_stores) {
    scene<TestType> scene;
    CHECK(is(scene.inspect().why_not_listed(scene.c), corruption_kind::broken_link));
    CHECK(scene.inspect().why_not_listed(scene.c).where == scene.chunks().payload_of(scene.c));
    for (const std::size_t garbage : {scene.c + 8, scene.beyond(), std::size_t{0x12345678}}) {
        CHECK(scene.inspect().why_not_listed(garbage).kind == corruption_kind::broken_link);
        CHECK(scene.inspect().why_not_listed(garbage).where == allot::detail::none);
    }
}

TEMPLATE_LIST_TEST_CASE(
    "checks: the first chunk of an exact bin has the size, the back link and the follower that it must", "",
    granule_16_stores) {
    scene<TestType> scene;
    auto& chunks = scene.chunks();
    using classes = typename TestType::store_type::classes;
    const std::size_t size = 60 * g;
    const std::size_t bin = classes::bin_of(size);
    const auto is_whole = [&] { return scene.inspect().is_whole(scene.b, bin, size); };
    CHECK(is_whole());
    for (const std::size_t header : {std::size_t{0}, size, size | 3, (size + g) | 2}) {
        scene.overwrite(scene.b, header);
        CHECK_FALSE(is_whole());
    }
    scene.overwrite(scene.b, size | 2);
    const auto head = scene.heads().link_to(bin);
    chunks.set_links(scene.b, head, scene.heads().link_to(bin + 1));
    CHECK_FALSE(is_whole());
    chunks.set_links(scene.b, chunks.link_to(scene.d), head);
    CHECK_FALSE(is_whole());
    chunks.set_links(scene.b, scene.heads().link_to(bin + 1), head);
    CHECK_FALSE(is_whole());
}

TEMPLATE_LIST_TEST_CASE("checks: links that lead nowhere, elsewhere, or only one way", "", granule_16_stores) {
    scene<TestType> scene;
    auto& chunks = scene.chunks();
    using link = typename TestType::chunks_type::link;
    const auto with_links = [&](link next, link back) {
        const link old_next = chunks.next_free(scene.b);
        const link old_back = chunks.prev_free(scene.b);
        chunks.set_links(scene.b, next, back);
        const bool is_sound = scene.inspect().has_sound_links(scene.b);
        chunks.set_links(scene.b, old_next, old_back);
        return is_sound;
    };
    const link head = chunks.prev_free(scene.b);
    const link other = scene.heads().link_to(1);
    CHECK(with_links(head, head));
    CHECK_FALSE(with_links(chunks.link_to(scene.d), head));
    CHECK_FALSE(with_links(chunks.link_to(scene.c), head));
    CHECK_FALSE(with_links(static_cast<link>(chunks.link_to(scene.beyond()) + 64), head));
    CHECK_FALSE(with_links(head, chunks.link_to(scene.d)));
    CHECK_FALSE(with_links(head, other));
    CHECK_FALSE(with_links(other, head));
    CHECK_FALSE(with_links(chunks.no_link, head));
    CHECK_FALSE(with_links(head, chunks.no_link));
}

TEMPLATE_LIST_TEST_CASE("checks: a list leads inside, or to a head, or is not to be followed", "", granule_16_stores) {
    scene<TestType> scene;
    using link = typename TestType::chunks_type::link;
    CHECK(scene.inspect().leads_inside(scene.b));
    scene.chunks().set_next_free(scene.b, scene.chunks().link_to(scene.d));
    CHECK(scene.inspect().leads_inside(scene.b));
    scene.chunks().set_next_free(scene.b, static_cast<link>(scene.chunks().link_to(scene.beyond()) + 640));
    CHECK_FALSE(scene.inspect().leads_inside(scene.b));
}

TEST_CASE("checks: a chunk may start in a region, aligned, cached or not") {
    sparse_store<deferred_granule_16, std::size_t> heap;
    REQUIRE(heap.add(base, 0x1000) == allot::region_status::ok);
    const std::size_t chunk = heap.take(4 * g);
    CHECK(heap.store.inspect().may_start_chunk(chunk));
    heap.put(chunk);
    CHECK(heap.store.inspect().may_start_chunk(chunk));
    CHECK_FALSE(heap.store.inspect().may_start_chunk(chunk + 8));
    CHECK_FALSE(heap.store.inspect().may_start_chunk(0x1008));
}
