// Regions: any number, in any order; neighbours merge; free ends can be had back.
#include <allot/heap.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"

#include <algorithm>
#include <vector>

using namespace allot_test;
using allot::region_status;

namespace {

constexpr std::size_t field_bytes = 16384;
constexpr std::size_t piece = 4096;

template <class Heap>
struct bare : checked_heap<Heap> {
    bare() : checked_heap<Heap>(bare_field{field_bytes}) {}

    void must_add(std::size_t offset, std::size_t bytes) {
        REQUIRE(this->add_region(offset, bytes) == region_status::ok);
    }
    void must_remove(std::size_t offset, std::size_t bytes) {
        REQUIRE(this->remove_region(offset, bytes) == region_status::ok);
    }

    // A payload that takes all that is free in one piece.
    void* take_largest() { return this->allocate(this->stats().largest_free - this->overhead); }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("regions: three neighbours merge in every order", "", core_heaps) {
    std::vector<std::size_t> order{0, 1, 2};
    do {
        bare<TestType> heap;
        for (const std::size_t i : order) heap.must_add(i * piece, piece);
        CHECK(heap.shape() == "rest");
        CHECK(heap.stats().regions == 1);
        CHECK(heap.stats().overhead_bytes <= 4 * heap.overhead + 2 * heap.granule);
        CHECK(heap.allocate(3 * piece - 128) != nullptr);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEMPLATE_LIST_TEST_CASE("regions: neighbours merge around payloads", "", core_heaps) {
    bare<TestType> heap;
    heap.must_add(piece, piece);
    void* const low = heap.take(4);
    void* const high = heap.take_largest();
    REQUIRE(high != nullptr);
    CHECK(heap.shape() == "[4] [rest]");
    heap.must_add(0, piece);
    heap.must_add(2 * piece, piece);
    CHECK(heap.stats().regions == 1);
    CHECK(heap.stats().free_chunks == 2);
    heap.deallocate(high);
    heap.deallocate(low);
    heap.coalesce();
    CHECK(heap.shape() == "rest");
}

TEMPLATE_LIST_TEST_CASE("regions: a gap keeps them apart, a piece that fills it joins them", "", core_heaps) {
    for (const std::size_t gap : sizes{1, 7, TestType::default_alignment, 128}) {
        bare<TestType> heap;
        heap.must_add(0, piece);
        heap.must_add(piece + gap, piece);
        CHECK(heap.shape() == "rest | rest");
        if (gap < 128) continue;
        heap.must_add(piece, gap);
        CHECK(heap.shape() == "rest");
    }
}

TEMPLATE_LIST_TEST_CASE("regions: many, given from both ends, are all used and all come back", "", core_heaps) {
    bare<TestType> heap;
    for (const std::size_t i : sizes{15, 0, 8, 4, 12, 2, 14, 6, 10}) heap.must_add(i * 1024, 1000);
    CHECK(heap.stats().regions == 9);
    for (int i = 0; i < 9; ++i) CHECK(heap.allocate(700) != nullptr);
    CHECK(heap.allocate(700) == nullptr);
    heap.deallocate_all();
    heap.coalesce();
    CHECK(heap.stats().free_chunks == 9);
}

TEMPLATE_LIST_TEST_CASE("regions: any base and any size, down to the last byte", "", core_heaps) {
    for (std::size_t slack = 0; slack < 2 * TestType::default_alignment; ++slack) {
        for (const std::size_t bytes : sizes{300, 301, 307, 315}) {
            bare<TestType> heap;
            heap.must_add(slack, bytes);
            void* const payload = heap.take_largest();
            REQUIRE(payload != nullptr);
            CHECK(heap.stats().overhead_bytes < 5 * heap.overhead + 2 * heap.granule);
            heap.deallocate(payload);
            heap.must_remove(slack, bytes);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("regions: the top of a lone region is found again after the other region was removed", "",
                        core_heaps) {
    bare<TestType> heap;
    heap.must_add(0, piece);
    heap.must_add(2 * piece, piece);
    heap.must_remove(2 * piece, piece);
    CHECK(heap.allocate(piece / 2) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("regions: the top of a lone region is found again after two regions were bridged", "",
                        core_heaps) {
    bare<TestType> heap;
    heap.must_add(2 * piece, piece);
    void* const payload = heap.take(40);
    heap.take(4);
    heap.must_add(0, piece);
    heap.deallocate(payload);
    heap.must_add(piece, piece);
    CHECK(heap.stats().regions == 1);
    CHECK(heap.allocate(2 * piece) != nullptr);
    CHECK(heap.allocate(piece / 2) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("remove_region: all of a region, even one whose chunks are still cached", "", core_heaps) {
    bare<TestType> heap;
    heap.must_add(0, piece);
    heap.must_add(2 * piece, piece);
    void* const first = heap.allocate(24);
    void* const second = heap.allocate(24);
    heap.deallocate(first);
    heap.deallocate(second);
    heap.must_remove(0, piece);
    heap.must_remove(2 * piece, piece);
    CHECK(heap.shape().empty());
    CHECK(heap.stats().region_bytes == 0);
    CHECK(heap.allocate(1) == nullptr);
    heap.must_add(0, piece);
    CHECK(heap.allocate(1) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("remove_region: the free upper end", "", core_heaps) {
    bare<TestType> heap;
    heap.must_add(0, 2 * piece);
    void* const payload = heap.take(4);
    CHECK(heap.remove_region(80, 2 * piece - 80) == region_status::not_free);
    heap.must_remove(piece, piece);
    CHECK(heap.shape() == "[4] rest");
    CHECK(heap.stats().region_bytes == piece);
    CHECK(heap.allocate(piece) == nullptr);
    heap.deallocate(payload);
    heap.must_remove(0, piece);
}

TEMPLATE_LIST_TEST_CASE("remove_region: the free lower end", "", core_heaps) {
    bare<TestType> heap;
    heap.must_add(0, 2 * piece);
    void* const low = heap.allocate(piece + 512);
    void* const high = heap.take(4);
    CHECK(heap.remove_region(0, piece) == region_status::not_free);
    heap.deallocate(low);
    heap.must_remove(0, piece);
    CHECK(heap.stats().region_bytes == piece);
    CHECK(heap.stats().free_chunks == 2);
    heap.deallocate(high);
    heap.coalesce();
    CHECK(heap.shape() == "rest");
    heap.must_add(0, piece);
    CHECK(heap.shape() == "rest");
    CHECK(heap.stats().regions == 1);
}

TEMPLATE_LIST_TEST_CASE("remove_region: a lower end whose chunk is free to the fencepost", "", core_heaps) {
    bare<TestType> heap;
    heap.must_add(0, 2 * piece);
    heap.must_remove(0, piece);
    CHECK(heap.shape() == "rest");
    CHECK(heap.take_largest() != nullptr);
    CHECK(heap.shape() == "[rest]");
}

TEMPLATE_LIST_TEST_CASE("remove_region: an end up to the last granule of a payload, byte by byte", "", core_heaps) {
    for (std::size_t cut = 600; cut < 600 + 2 * TestType::default_alignment; ++cut) {
        bare<TestType> heap;
        heap.must_add(0, 2048);
        void* const low = heap.allocate(400);
        void* const high = heap.allocate(1000);
        heap.deallocate(low);
        const region_status lower = heap.remove_region(0, cut - 400);
        CHECK((lower == region_status::ok || lower == region_status::not_free));
        const region_status upper = heap.remove_region(cut + 1200, 2048 - cut - 1200);
        CHECK((upper == region_status::ok || upper == region_status::not_free));
        heap.deallocate(high);
        heap.coalesce();
        CHECK(heap.shape() == "rest");
    }
}

TEMPLATE_LIST_TEST_CASE("remove_region: what is not a free end has its own status", "", core_heaps) {
    bare<TestType> heap;
    heap.must_add(piece, 2 * piece);
    CHECK(heap.raw().remove_region(nullptr, piece) == region_status::null_base);
    CHECK(heap.remove_region(piece, 0) == region_status::too_small);
    CHECK(heap.remove_region(piece, SIZE_MAX) == region_status::wraps_address_space);
    CHECK(heap.remove_region(0, piece) == region_status::not_free);
    CHECK(heap.remove_region(piece + 16, 100) == region_status::not_free);
    CHECK(heap.remove_region(piece, 3 * piece) == region_status::not_free);
    CHECK(heap.remove_region(0, 2 * piece) == region_status::not_free);
    CHECK(heap.remove_region(3 * piece, piece) == region_status::not_free);
    CHECK(heap.remove_region(piece, 2 * piece - 16) == region_status::too_small);
    CHECK(heap.remove_region(piece + 16, 2 * piece - 16) == region_status::too_small);
    heap.take(4);
    CHECK(heap.remove_region(piece, 2 * piece) == region_status::not_free);
    CHECK(heap.shape() == "[4] rest");
}

TEMPLATE_LIST_TEST_CASE("remove_region: out of the middle of the list of regions, and out of a heap that has none", "",
                        core_heaps) {
    bare<TestType> heap;
    CHECK(heap.remove_region(0, piece) == region_status::not_free);
    for (const std::size_t i : sizes{0, 4, 8, 12}) heap.must_add(i * 1024, 1024);
    heap.must_remove(4096, 1024);
    heap.must_remove(12 * 1024, 1024);
    heap.must_remove(0, 1024);
    CHECK(heap.shape() == "rest");
    CHECK(heap.stats().regions == 1);
    CHECK(heap.take_largest() != nullptr);
}

TEMPLATE_LIST_TEST_CASE("remove_region: a span that is no end of a region changes nothing, not even what is cached", "",
                        core_heaps) {
    bare<TestType> heap;
    heap.must_add(piece, 2 * piece);
    heap.deallocate(heap.take(4));
    const std::vector<std::byte> before = heap.field().image();
    const std::size_t cached = heap.stats().cached_bytes;
    CHECK(heap.remove_region(0, piece) == region_status::not_free);
    CHECK(heap.remove_region(piece + 16, 100) == region_status::not_free);
    CHECK(heap.remove_region(piece, 3 * piece) == region_status::not_free);
    CHECK(heap.remove_region(3 * piece, piece) == region_status::not_free);
    CHECK(heap.stats().cached_bytes == cached);
    CHECK(heap.field().image() == before);
}
