// I3: every payload is granule-aligned. Sizes are multiples of the granule, so it is broken where a region starts.
#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_store.hpp"

using namespace allot_test;

TEMPLATE_LIST_TEST_CASE("I3 a region whose chunks start off the granule", "", granule_16_stores) {
    for (std::size_t off = TestType::chunks_type::word_bytes; off < 16; off += TestType::chunks_type::word_bytes) {
        for (const bool is_first : {true, false}) {
            TestType heap;
            if (!is_first) REQUIRE(heap.add(0x40000, 0x1000) == allot::region_status::ok);
            REQUIRE(heap.is_sound());
            auto& regions = heap.store.regions();
            using list = std::remove_reference_t<decltype(regions)>;
            allot::detail::region shifted = list::lay_out(0x50000, 0x1000, allot::detail::region_origin::caller);
            shifted.first += off;
            shifted.fencepost += off;
            regions.insert(heap.store.chunks(), shifted);
            heap.store.chunks().set_header(shifted.first, shifted.tiled_bytes() | 3);
            heap.store.chunks().set_header(shifted.fencepost, 3);
            allot::detail::verifier<typename TestType::store_type> verifier(heap.store);
            CHECK_FALSE(verifier.is_sound());
            CHECK(verifier.broken() == allot::invariant::alignment);
            CHECK(verifier.where() == shifted.first);
        }
    }
}
