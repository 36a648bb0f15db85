// A corruption in words: what stands in the text, and what explaining must not do.
#include <allot/diagnostics/explain.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/explained.hpp"
#include "support/guarded_pages.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"

#include <cstring>
#include <vector>

using namespace allot_test;
using allot::corruption_kind;
using allot::heap_verb;

namespace {

// [a 6][b 40][c 6][d 40][e 6] rest
template <class Heap>
class scene {
public:
    static constexpr std::size_t granule = Heap::default_alignment;
    static constexpr std::size_t overhead = Heap::chunk_overhead;
    static constexpr std::size_t bytes = 64 * 1024;
    std::byte *a, *b, *c, *d, *e;

    scene() {
        REQUIRE(heap_.add_region(first(), bytes) == allot::region_status::ok);
        for (std::byte** const slot : {&a, &b, &c, &d, &e}) {
            *slot = static_cast<std::byte*>(heap_.allocate((slot == &b || slot == &d ? 40 : 6) * granule - overhead));
            std::memset(*slot, 'x', Heap::usable_size(*slot));
        }
    }

    Heap& raw() { return heap_; }
    std::byte* first() { return field_.at(0); }

    std::string explained(corruption_kind kind, const void* where, heap_verb verb = heap_verb::deallocate) {
        return allot_test::explained(this->raw(), {kind, where, verb});
    }
    static const void* chunk_of(const std::byte* payload) { return payload - overhead; }
    static std::string chunk(const std::byte* payload, std::size_t granules, const std::string& state) {
        return "a chunk of " + std::to_string(granules * granule) + " bytes at " + as_written(chunk_of(payload)) +
               ", " + state;
    }

private:
    memory_field field_{bytes};
    Heap heap_{};
};

std::size_t& header_of(void* payload) { return static_cast<std::size_t*>(payload)[-1]; }

}  // namespace

TEST_CASE("explain: every verb and every kind is said, in one line that starts with allot") {
    scene<allot::heap> scene;
    for (unsigned kind = 0; kind <= static_cast<unsigned>(corruption_kind::reentered); ++kind) {
        for (unsigned verb = 0; verb <= static_cast<unsigned>(heap_verb::coalesce); ++verb) {
            const allot::corruption_report report{static_cast<corruption_kind>(kind), scene.a,
                                                  static_cast<heap_verb>(verb)};
            const std::string text = explained(scene.raw(), report);
            const std::string first = std::string("allot: ") + allot::describe(report).c_str() + "\n";
            CHECK(text.substr(0, first.size()) == first);
            CHECK(has(text, "\n  usually: "));
            CHECK(text.back() == '\n');
        }
    }
}

TEMPLATE_LIST_TEST_CASE("explain: a payload in use, its chunk, its neighbours and its first bytes", "", all_heaps) {
    scene<TestType> scene;
    std::memcpy(scene.b, "Hello\1", 6);
    const std::string text = scene.explained(corruption_kind::size_mismatch, scene.b);
    CHECK(has(text, "  " + as_written(scene.b) + " is the payload of " + scene.chunk(scene.b, 40, "in use\n")));
    CHECK(has(text, "  below it: " + scene.chunk(scene.a, 6, "in use\n")));
    CHECK(has(text, "  above it: " + scene.chunk(scene.c, 6, "in use\n")));
    CHECK(has(text, "  its first bytes: 48 65 6c 6c 6f 01 78 78 78 78 78 78 78 78 78 78  Hello.xxxxxxxxxx\n"));
}

TEMPLATE_LIST_TEST_CASE("explain: the ends of a region", "", core_heaps) {
    scene<TestType> scene;
    CHECK(has(scene.explained(corruption_kind::double_free, scene.a),
              "  below it: nothing, the region from " + as_written(scene.first())));
    const allot::chunk_info last = chunks_of(scene.raw()).back();
    const std::string end = as_written(scene.first() + 64 * 1024);
    CHECK(has(scene.explained(corruption_kind::double_free, last.payload),
              "  above it: nothing, the region ends at " + end));
}

TEMPLATE_LIST_TEST_CASE("explain: a freed payload says where it waits", "", core_heaps) {
    scene<TestType> scene;
    const bool is_deferred = TestType::traits_type::coalescing == allot::coalescing::deferred;
    scene.raw().deallocate(scene.a);
    CHECK(has(scene.explained(corruption_kind::double_free, scene.a),
              " is the payload of " + scene.chunk(scene.a, 6, is_deferred ? "cached: " : "free\n")));
    CHECK(has(scene.explained(corruption_kind::double_free, scene.a),
              "usually: the same pointer was given back twice\n"));
    scene.raw().coalesce();
    scene.raw().deallocate(scene.b);
    scene.raw().coalesce();
    const std::string text = scene.explained(corruption_kind::double_free, scene.b);
    CHECK(has(text, as_written(scene.b) + " is " + std::to_string(6 * scene.granule) +
                        " bytes inside the payload, which starts at " + as_written(scene.a)));
    CHECK(has(text, scene.chunk(scene.a, 46, "free\n")));
    CHECK(has(text, "usually: it was given back before, and has merged since\n"));
}

TEST_CASE("explain: what waits in a lane is said to be freed") {
    scene<contended<allot::default_traits>> scene;
    scene.raw().deallocate(scene.a);
    CHECK(has(scene.explained(corruption_kind::double_free, scene.a),
              "freed: it bears the mark of what waits in a lane\n"));
    CHECK(has(scene.explained(corruption_kind::double_free, scene.c), scene.chunk(scene.c, 6, "in use\n")));
}

TEMPLATE_LIST_TEST_CASE("explain: an overflow names the payload that was too short, from either side", "", all_heaps) {
    scene<TestType> scene;
    const std::size_t usable = TestType::usable_size(scene.a);
    const std::size_t kept = header_of(scene.b);
    const std::string cause = "usually: bytes were written past the end of the payload at " + as_written(scene.a) +
                              ", which has " + std::to_string(usable) + " bytes\n";
    for (const std::size_t planted : {std::size_t{0}, ~std::size_t{0}, static_cast<std::size_t>(0x4141414141414141U)}) {
        header_of(scene.b) = planted;
        const std::string from_b = scene.explained(corruption_kind::broken_header, scene.b);
        const std::string from_a = scene.explained(corruption_kind::broken_header, scene.a);
        header_of(scene.b) = kept;
        const std::string written = as_written(reinterpret_cast<void*>(planted));
        CHECK(has(from_b, as_written(scene.b) + " is the payload of a chunk whose header is gone: at " +
                              as_written(scene.chunk_of(scene.b)) + " stands " + written +
                              ", which no header can be\n"));
        CHECK(has(from_b, "  below it: " + scene.chunk(scene.a, 6, "in use\n")));
        CHECK(has(from_b, cause));
        CHECK(has(from_a, "above it: the header at " + as_written(scene.chunk_of(scene.b)) + " is gone: there stands " +
                              written + "\n"));
        CHECK(has(from_a, cause));
    }
}

TEST_CASE("explain: beyond a header that is gone nothing is made up") {
    scene<allot::heap> scene;
    const std::size_t kept = header_of(scene.b);
    header_of(scene.b) = 0;
    const std::string text = scene.explained(corruption_kind::broken_footer, scene.e);
    header_of(scene.b) = kept;
    const auto distance = static_cast<std::size_t>(scene.e - scene.b) + scene.overhead;
    CHECK(has(text, as_written(scene.e) + " lies " + std::to_string(distance) + " bytes above a header that is gone"));
    CHECK_FALSE(has(text, "above it: "));
}

TEST_CASE("explain: two headers that disagree") {
    scene<allot::heap> scene;
    header_of(scene.c) ^= 2;
    const std::string text = scene.explained(corruption_kind::broken_header, scene.b);
    header_of(scene.c) ^= 2;
    CHECK(has(text, "  the two disagree on whether the lower one is in use: a header was overwritten\n"));
    CHECK_FALSE(has(scene.explained(corruption_kind::broken_header, scene.b), "disagree"));
}

TEST_CASE("explain: the end of a region was overwritten") {
    scene<allot::heap> scene;
    const allot::chunk_info last = chunks_of(scene.raw()).back();
    std::size_t& fencepost = header_of(static_cast<std::byte*>(const_cast<void*>(last.payload)) + last.bytes);
    const std::size_t kept = fencepost;
    fencepost = 0x41;
    const std::string text = scene.explained(corruption_kind::broken_header, last.payload);
    fencepost = kept;
    CHECK(has(text, " is gone: there stands 0x41\n"));
    CHECK(has(text, "usually: bytes were written past the end of the payload at " + as_written(last.payload)));
}

TEMPLATE_LIST_TEST_CASE("explain: a pointer that was moved on, into a header, a payload, a descriptor or the end mark",
                        "", core_heaps) {
    scene<TestType> scene;
    const std::string inside = scene.explained(corruption_kind::misaligned_pointer, scene.b + 3);
    CHECK(has(inside,
              as_written(scene.b + 3) + " is 3 bytes inside the payload, which starts at " + as_written(scene.b)));
    CHECK(has(inside, "usually: the pointer was moved on since it was allocated\n"));
    CHECK(has(scene.explained(corruption_kind::misaligned_pointer, scene.b - 3),
              " is " + std::to_string(scene.overhead - 3) + " bytes inside the header of "));
    CHECK(has(scene.explained(corruption_kind::foreign_pointer, scene.first()),
              " lies in the descriptor of the region from "));
    CHECK(has(scene.explained(corruption_kind::foreign_pointer, scene.first() + 64 * 1024 - 1),
              " lies at the end mark of the region from "));
}

TEST_CASE("explain: a pointer from elsewhere, and the regions that are nearest") {
    checked_heap<allot::heap> heap(bare_field{64 * 1024});
    CHECK(has(explained(heap.raw(), {corruption_kind::foreign_pointer, &heap}),
              " does not lie in the 0 regions of the heap\n"));
    REQUIRE(heap.add_region(0, 4096) == allot::region_status::ok);
    REQUIRE(heap.add_region(16384, 4096) == allot::region_status::ok);
    const auto* const field = static_cast<const std::byte*>(heap.field().at(0));
    const std::string text = explained(heap.raw(), {corruption_kind::foreign_pointer, field + 4096 + 24});
    CHECK(has(text, "  " + as_written(field + 4096 + 24) + " does not lie in the 2 regions of the heap\n"));
    CHECK(has(text, "  it is 24 bytes above the end of the region from " + as_written(field) + " to " +
                        as_written(field + 4096) + "\n  the chunk there: a chunk of "));
    CHECK(has(text, "  it is 12264 bytes below the start of the region from " + as_written(field + 16384) + " to " +
                        as_written(field + 20480) + "\n  usually: "));
    CHECK(has(explained(heap.raw(), {corruption_kind::misaligned_pointer, field + 4099}),
              "usually: the pointer came from another heap"));
}

TEST_CASE("explain: a report that cannot name the chunk, and one that names the heap") {
    scene<allot::heap> scene;
    CHECK(has(scene.explained(corruption_kind::broken_link, nullptr), "which chunk it was cannot be told"));
    CHECK(has(scene.explained(corruption_kind::reentered, &scene.raw()),
              "the heap is the one at " + as_written(&scene.raw())));
}

TEST_CASE("explain: a region whose descriptor was overwritten is not looked into") {
    scene<allot::heap> scene;
    auto* const words = reinterpret_cast<std::size_t*>(scene.a);
    for (std::size_t below = 2; below <= 5; ++below) {
        std::size_t& word = *(words - below);
        word ^= std::size_t{1} << 40 % (sizeof word * 8);
        const std::string text = scene.explained(corruption_kind::double_free, scene.b);
        word ^= std::size_t{1} << 40 % (sizeof word * 8);
        CHECK(has(text, "the descriptor of a region was overwritten"));
        CHECK_FALSE(has(text, " is the payload of "));
    }
    CHECK(has(scene.explained(corruption_kind::double_free, scene.b), " is the payload of "));
}

TEMPLATE_LIST_TEST_CASE("explain: nothing is written, whatever was overwritten, and no word outside the region is read",
                        "", core_heaps) {
    TestType heap;
    guarded_pages pages(16);
    REQUIRE(heap.add_region(pages.first(), pages.bytes()) == allot::region_status::ok);
    void* payloads[60];
    for (void*& payload : payloads) payload = heap.allocate(700);
    for (std::size_t i = 0; i < 60; i += 3) heap.deallocate(payloads[i]);
    const std::vector<std::byte> sound = pages.image();
    random_numbers random(4711);
    for (int round = 0; round < 400; ++round) {
        for (std::size_t left = random.below(12); left != 0; --left) {
            const std::size_t noise = random.below(3) == 0 ? random.below(2048) : random.below(SIZE_MAX);
            std::memcpy(pages.first() + sizeof noise * random.below(round % 2 == 0 ? 40 : pages.bytes() / sizeof noise),
                        &noise, sizeof noise);
        }
        const std::vector<std::byte> damaged = pages.image();
        for (int look = 0; look < 20; ++look) {
            const std::byte* const where = pages.first() - 100 + random.below(pages.bytes() + 200);
            CHECK(explained(heap, {corruption_kind::broken_link, where}).back() == '\n');
        }
        CHECK(explained_failure(heap, 100000).back() == '\n');
        CHECK(pages.image() == damaged);
        std::memcpy(pages.first(), sound.data(), sound.size());
    }
    CHECK(heap.verify());
}
