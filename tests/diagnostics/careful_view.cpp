// What can be read of a heap that may be damaged: that nothing outside is read stands in explain.cpp.
#include <allot/diagnostics/careful_view.hpp>

#include "support/catch.hpp"
#include "support/heaps.hpp"
#include "support/memory_field.hpp"

using namespace allot_test;

namespace {

/// A heap with three regions of a page, each a page from the next, and what is seen of it.
template <class Heap>
struct three_regions {
    memory_field field{6 * 4096};
    Heap heap{};

    three_regions() {
        for (const std::size_t at : {std::size_t{2}, std::size_t{0}, std::size_t{4}}) {
            REQUIRE(heap.add_region(field.at(at * 4096), 4096) == allot::region_status::ok);
        }
    }
    auto view() { return allot::detail::careful_view(core_of(heap).store()); }
    std::size_t address(std::size_t offset) { return reinterpret_cast<std::size_t>(field.at(offset)); }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("careful_view: the regions beside an address", "", core_heaps) {
    three_regions<TestType> three;
    const auto view = three.view();
    for (std::size_t offset = 0; offset < 6 * 4096; offset += 512) {
        const allot::detail::regions_beside found = view.beside(three.address(offset));
        CHECK_FALSE(found.is_damaged);
        REQUIRE(found.below != allot::detail::none);
        CHECK(view.region_at(found.below).base == three.address(offset / 8192 * 8192));
        CHECK(view.is_in_region(found.below, three.address(offset)) == (offset % 8192 < 4096));
        if (offset < 4 * 4096) CHECK(view.region_at(found.above).base == three.address((offset / 8192 + 1) * 8192));
        else CHECK(found.above == allot::detail::none);
    }
    CHECK(view.beside(three.address(0) - 1).below == allot::detail::none);
    CHECK(view.region_count() == 3);
    CHECK(view.region_bytes() == 3 * 4096);
}

TEMPLATE_LIST_TEST_CASE("careful_view: a descriptor that is not as it was written is not followed", "", core_heaps) {
    three_regions<TestType> three;
    const auto view = three.view();
    const std::size_t root = core_of(three.heap).store().regions().root();
    auto* const span = reinterpret_cast<std::size_t*>(root) - 4;
    *span += 4096;
    CHECK(view.beside(three.address(0)).is_damaged);
    CHECK(view.beside(three.address(0)).below == allot::detail::none);
    *span -= 4096;
    CHECK_FALSE(view.beside(three.address(0)).is_damaged);
}

TEMPLATE_LIST_TEST_CASE("careful_view: the chunks beside an address, and the first header that no chunk can have", "",
                        core_heaps) {
    three_regions<TestType> three;
    const auto view = three.view();
    void* payloads[5];
    for (void*& payload : payloads) payload = three.heap.allocate(300);
    const auto chunk_of = [&](std::size_t i) {
        return reinterpret_cast<std::size_t>(payloads[i]) - TestType::chunk_overhead;
    };
    const auto home = view.region_at(view.beside(chunk_of(0)).below);
    for (std::size_t i = 1; i < 4; ++i) {
        for (std::size_t address = chunk_of(i); address < chunk_of(i + 1); ++address) {
            const auto found = view.locate(home, address);
            REQUIRE(found.chunk == chunk_of(i));
            REQUIRE(found.below == chunk_of(i - 1));
        }
    }
    CHECK(view.locate(home, home.first).below == allot::detail::none);
    auto* const header = reinterpret_cast<std::size_t*>(chunk_of(2));
    const std::size_t kept = *header;
    for (const std::size_t planted : {std::size_t{0}, TestType::default_alignment / 2 + 1, kept + 8192, SIZE_MAX}) {
        *header = planted;
        CHECK_FALSE(view.is_whole(home, chunk_of(2)));
        CHECK(view.locate(home, chunk_of(4)).chunk == chunk_of(2));
        CHECK(view.locate(home, chunk_of(4)).below == chunk_of(1));
    }
    *header = kept;
    CHECK(view.is_whole(home, chunk_of(2)));
}

TEST_CASE("careful_view: bytes as they lie in memory") {
    three_regions<allot::heap> three;
    auto* const payload = static_cast<unsigned char*>(three.heap.allocate(32));
    for (unsigned char i = 0; i < 32; ++i) payload[i] = static_cast<unsigned char>(i * 7 + 1);
    for (std::size_t i = 0; i < 32; ++i)
        CHECK(three.view().byte_at(reinterpret_cast<std::size_t>(payload) + i) == payload[i]);
}
