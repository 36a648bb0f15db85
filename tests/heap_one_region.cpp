// A heap of one region: another one is refused, and all else is as in any heap.
#include <allot/heap.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/child.hpp"

#include <tuple>

using namespace allot_test;
using allot::region_status;

namespace {

constexpr std::size_t piece = 4096;

template <class Base>
using of_one_region = allot::basic_heap<allot::tuned<allot::knobs{.one_region = true}, reporting<Base>>>;

using heaps_of_one_region = std::tuple<of_one_region<allot::small_traits>, of_one_region<allot::default_traits>,
                                       of_one_region<allot::compact_traits>>;

template <class Heap>
struct bare : checked_heap<Heap> {
    bare() : checked_heap<Heap>(bare_field{4 * piece}) {}
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("one region: another is refused as it is, wherever it lies", "", heaps_of_one_region) {
    bare<TestType> heap;
    REQUIRE(heap.add_region(piece, piece) == region_status::ok);
    CHECK(heap.add_region(2 * piece, piece) == region_status::only_one);
    CHECK(heap.add_region(0, piece) == region_status::only_one);
    CHECK(heap.add_region(3 * piece, piece) == region_status::only_one);
    CHECK(heap.add_region(piece + 64, 1024) == region_status::only_one);
    CHECK(heap.add_region(0, 8) == region_status::too_small);
    CHECK(heap.raw().add_region(nullptr, piece) == region_status::null_base);
    CHECK(heap.stats().regions == 1);
    CHECK(heap.allocate(piece - 256) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("one region: it has a fencepost and no descriptor", "", heaps_of_one_region) {
    checked_heap<TestType> heap(piece);
    CHECK(heap.stats().overhead_bytes <= sizeof(std::size_t) + TestType::default_alignment);
}

TEMPLATE_LIST_TEST_CASE("one region: once it is removed there may be another", "", heaps_of_one_region) {
    bare<TestType> heap;
    CHECK(heap.allocate(1) == nullptr);
    for (const std::size_t base : {2 * piece, std::size_t{0}, piece}) {
        REQUIRE(heap.add_region(base, 2 * piece) == region_status::ok);
        void* const payload = heap.allocate(1000);
        REQUIRE(payload != nullptr);
        CHECK(heap.remove_region(base, 2 * piece) == region_status::not_free);
        heap.deallocate(payload);
        REQUIRE(heap.remove_region(base, 2 * piece) == region_status::ok);
        CHECK(heap.stats().region_bytes == 0);
        CHECK(heap.allocate(1) == nullptr);
    }
}

TEMPLATE_LIST_TEST_CASE("one region: free ends of it can be had back", "", heaps_of_one_region) {
    bare<TestType> heap;
    REQUIRE(heap.add_region(0, 4 * piece) == region_status::ok);
    CHECK(heap.remove_region(piece, piece) == region_status::not_free);
    REQUIRE(heap.remove_region(3 * piece, piece) == region_status::ok);
    REQUIRE(heap.remove_region(0, piece) == region_status::ok);
    CHECK(heap.add_region(0, piece) == region_status::only_one);
    CHECK(heap.stats().region_bytes == 2 * piece);
    CHECK(heap.allocate(2 * piece - 128) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("one region: what is no payload of it is found out", "", heaps_of_one_region) {
    bare<TestType> heap;
    char outside[256];
    CHECK(end_of([&] { heap.raw().deallocate(&outside[128]); }) != "returned");
    REQUIRE(heap.add_region(piece, piece) == region_status::ok);
    auto* const payload = static_cast<std::byte*>(heap.allocate(100));
    heap.take(4);
    for (const std::size_t offset : {piece / 2, piece - 16, 2 * piece, 3 * piece}) {
        INFO("offset " << offset);
        CHECK(end_of([&] { heap.raw().deallocate(heap.field().at(offset)); }) == "foreign_pointer");
        CHECK(end_of([&] { static_cast<void>(heap.raw().reallocate(heap.field().at(offset), 8)); }) ==
              "foreign_pointer");
    }
    CHECK(end_of([&] { heap.raw().deallocate(payload + 4); }) == "misaligned_pointer");
    heap.deallocate(payload);
    heap.coalesce();
    CHECK(end_of([&] { heap.raw().deallocate(payload); }) == "double_free");
}

TEMPLATE_LIST_TEST_CASE("one region: a free chunk that was written to is found out where it is used", "",
                        heaps_of_one_region) {
    checked_heap<TestType> heap(piece);
    auto* const first = static_cast<std::size_t*>(heap.allocate(600));
    auto* const second = static_cast<std::size_t*>(heap.allocate(600));
    heap.allocate(600);
    heap.deallocate(first);
    heap.coalesce();
    CHECK(end_of([&] {
              first[0] = 0x1234'5678;
              heap.raw().deallocate(second);
              heap.raw().coalesce();
          }) == "broken_link");
    CHECK(end_of([&] {
              second[-2] = 32;
              heap.raw().deallocate(second);
              heap.raw().coalesce();
          }) == "broken_footer");
}
