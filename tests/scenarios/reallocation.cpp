// What a reallocate keeps.
#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"

#include <memory>
#include <vector>

using namespace allot_test;

namespace {

constexpr std::size_t region_bytes = 8192;

struct without_growth_room : allot::default_traits {
    static constexpr std::size_t growth_room = 0;
};

template <class Heap>
struct raw_heap {
    std::unique_ptr<std::byte[]> memory = std::make_unique<std::byte[]>(region_bytes);
    Heap heap;

    raw_heap() { REQUIRE(heap.add_region(memory.get(), region_bytes) == allot::region_status::ok); }
};

void fill(void* payload, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i)
        static_cast<unsigned char*>(payload)[i] = static_cast<unsigned char>(i * 7 + 1);
}

bool is_filled(const void* payload, std::size_t bytes) {
    const auto* const content = static_cast<const unsigned char*>(payload);
    for (std::size_t i = 0; i < bytes; ++i) {
        if (content[i] != static_cast<unsigned char>(i * 7 + 1)) return false;
    }
    return true;
}

// The neighbours of the payload that is resized: what they are decides which way it goes.
enum class around { free_above, free_below, both_free, both_in_use };

template <class Heap>
bool keeps_content(Heap& heap, around neighbours, std::size_t from, std::size_t to) {
    void* const below = heap.allocate(600);
    void* payload = heap.allocate(from);
    void* const above = heap.allocate(600);
    void* const guard = heap.allocate(600);
    const bool frees_below = neighbours == around::free_below || neighbours == around::both_free;
    const bool frees_above = neighbours == around::free_above || neighbours == around::both_free;
    fill(payload, from);
    if (frees_below) heap.deallocate(below);
    if (frees_above) heap.deallocate(above);
    payload = heap.reallocate(payload, to);
    const bool is_kept = is_filled(payload, from < to ? from : to);
    heap.deallocate(payload);
    if (!frees_below) heap.deallocate(below);
    if (!frees_above) heap.deallocate(above);
    heap.deallocate(guard);
    return is_kept;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("R-15 the content over min(old, new), all pairs up to 300, whatever is around", "",
                        core_heaps) {
    raw_heap<TestType> raw;
    std::size_t lost = 0;
    for (const around neighbours : {around::free_above, around::free_below, around::both_free, around::both_in_use}) {
        for (std::size_t from = 0; from <= 300; ++from) {
            for (std::size_t to = 0; to <= 300; ++to) {
                if (!keeps_content(raw.heap, neighbours, from, to)) ++lost;
            }
        }
        CHECK(lost == 0);
        CHECK(raw.heap.verify());
    }
    CHECK(raw.heap.stats().in_use_chunks == 0);
}

TEMPLATE_LIST_TEST_CASE("R-16 a reallocate that fails for lack of memory leaves the payload alone", "", core_heaps) {
    checked_heap<TestType> heap(4096);
    void* const first = heap.allocate(1000);
    void* const second = heap.allocate(1000);
    void* const third = heap.allocate(1000);
    for (void* const payload : {first, second, third}) CHECK(heap.reallocate(payload, 3000) == nullptr);
    heap.deallocate(second);
    CHECK(heap.reallocate(third, 3900) == nullptr);
    CHECK(heap.reallocate(first, 3900) == nullptr);
    heap.deallocate(first);
    CHECK(heap.reallocate(third, 4096) == nullptr);
    CHECK(heap.reallocate(third, 3500) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("R-17 the last payload grows in place into the free space after it", "", core_heaps) {
    checked_heap<TestType> heap(8192);
    heap.take(4);
    void* const last = heap.take(4);
    for (std::size_t granules = 4; granules < 300; granules = granules * 5 / 4 + 1) {
        CHECK(heap.reallocate(last, granules * heap.granule - heap.overhead) == last);
        CHECK(heap.shape() == "[4] [" + std::to_string(granules) + "] rest");
    }
    const std::size_t all = TestType::usable_size(last) + heap.stats().largest_free;
    CHECK(heap.reallocate(last, all) == last);
    CHECK(heap.shape() == "[4] [rest]");
    CHECK(heap.reallocate(last, 0) == last);
    CHECK(heap.stats().free_chunks == 1);
}

TEMPLATE_LIST_TEST_CASE("R-17 growth takes a free chunk above exactly, with a sliver, and with a rest", "",
                        core_heaps) {
    for (std::size_t granules = 40; granules <= 46; ++granules) {
        checked_heap<TestType> heap(8192);
        void* const payload = heap.take(4);
        void* const above = heap.take(granules - 4);
        heap.take(2);
        heap.deallocate(above);
        heap.coalesce();
        CHECK(heap.reallocate(payload, 40 * heap.granule - heap.overhead) == payload);
        CHECK(heap.reallocate(payload, (granules + 1) * heap.granule) != payload);
    }
}

TEMPLATE_LIST_TEST_CASE("R-17 vectors that grow side by side move once and then stay", "", core_heaps) {
    checked_heap<TestType> heap(8 << 20);
    std::vector<void*> vectors;
    for (int i = 0; i < 6; ++i) {
        vectors.push_back(heap.take(4096 / heap.granule));
        heap.take(4);
    }
    for (void*& payload : vectors) {
        void* const grown = heap.reallocate(payload, 6000);
        CHECK(grown != payload);
        payload = grown;
    }
    for (std::size_t bytes = 8000; bytes < 40'000; bytes = bytes * 3 / 2) {
        for (void* const payload : vectors) CHECK(heap.reallocate(payload, bytes) == payload);
    }
    CHECK(heap.stats().largest_free >= (8 << 20) / 4 * 3);
}

TEST_CASE("R-17 without growth_room what grows moves to the lowest place there is") {
    checked_heap<allot::basic_heap<without_growth_room>> heap(1 << 20);
    void* const payload = heap.take(256);
    heap.take(4);
    CHECK(heap.reallocate(payload, 500 * heap.granule - heap.overhead) != payload);
    CHECK(heap.shape() == "256 [4] [500] rest");
}
