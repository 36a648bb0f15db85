// The ready-made settings, and knobs turned one by one: every heap that they make must work. What they refuse is in
// tests/misuse.
#include <allot/traits.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"

#include <tuple>
#include <vector>

using namespace allot_test;
using allot::default_traits;

namespace {

struct granule_128 : default_traits {
    static constexpr std::size_t granule = 128;
    static constexpr std::size_t exact_bin_limit = 4096;
};
struct few_bins : default_traits {
    static constexpr std::size_t exact_bin_limit = 64;
    static constexpr std::size_t bin_subdivision = 1;
    static constexpr std::size_t cached_chunk_limit = 64;
};
struct many_bins : default_traits {
    static constexpr std::size_t exact_bin_limit = 2048;
    static constexpr std::size_t bin_subdivision = 32;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 24;
};
struct small_largest_chunk : default_traits {
    static constexpr std::size_t largest_chunk = 4096;
};
struct one_probe : default_traits {
    static constexpr std::size_t fit_probes = 1;
};
struct all_probes : default_traits {
    static constexpr std::size_t fit_probes = SIZE_MAX;
};
struct no_growth_room : default_traits {
    static constexpr std::size_t growth_room = 0;
};
struct most_growth_room : default_traits {
    static constexpr std::size_t growth_room = 1024;
};
struct bounded_deferred : default_traits {
    static constexpr auto search = allot::fit_search::bounded;
};
struct smallest_cache : default_traits {
    static constexpr std::size_t cached_chunk_limit = granule;
};
struct largest_cache : default_traits {
    static constexpr std::size_t cached_chunk_limit = exact_bin_limit;
};
struct no_cached_bytes : default_traits {
    static constexpr std::size_t cached_bytes_limit = 0;
};
struct endless_cache : default_traits {
    static constexpr std::size_t cached_bytes_limit = SIZE_MAX;
};
struct unchecked_compact : allot::compact_traits {
    static constexpr auto hardening = allot::hardening::none;
};
using tuned_immediate =
    allot::tuned<allot::knobs{.fit_probes = 2, .growth_room = 0, .coalescing = allot::coalescing::immediate}>;
using tuned_one_region = allot::tuned<allot::knobs{.one_region = true}>;
using tuned_compact =
    allot::tuned<allot::knobs{.cached_chunk_limit = 128, .hardening = allot::hardening::none}, allot::compact_traits>;
struct compact_granule_32 : allot::compact_traits {
    static constexpr std::size_t granule = 32;
};

using settings =
    std::tuple<default_traits, allot::bounded_traits, allot::compact_traits, granule_128, few_bins, allot::small_traits,
               many_bins, small_largest_chunk, one_probe, all_probes, no_growth_room, most_growth_room,
               bounded_deferred, smallest_cache, largest_cache, no_cached_bytes, endless_cache, unchecked_compact,
               compact_granule_32, tuned_immediate, tuned_compact, tuned_one_region>;

}  // namespace

TEST_CASE("traits: the default is deferred, checked and bounded to some tens of looks, without a source") {
    STATIC_REQUIRE(default_traits::coalescing == allot::coalescing::deferred);
    STATIC_REQUIRE(default_traits::hardening == allot::hardening::basic);
    STATIC_REQUIRE(default_traits::search == allot::fit_search::bounded);
    STATIC_REQUIRE(default_traits::fit_looks == 32);
    STATIC_REQUIRE(default_traits::links == allot::links::word);
    STATIC_REQUIRE(std::is_same_v<default_traits::source, allot::no_source>);
}

TEST_CASE("traits: bounded is immediate and looks no further than it must; compact has compact links") {
    STATIC_REQUIRE(allot::bounded_traits::coalescing == allot::coalescing::immediate);
    STATIC_REQUIRE(allot::bounded_traits::search == allot::fit_search::bounded);
    STATIC_REQUIRE(allot::bounded_traits::fit_probes == 1);
    STATIC_REQUIRE(allot::compact_traits::links == allot::links::compact);
}

TEST_CASE("traits: small is bounded, without room to grow; it takes one region, of no more than 1 MiB") {
    STATIC_REQUIRE(std::is_base_of_v<allot::bounded_traits, allot::small_traits>);
    STATIC_REQUIRE(allot::small_traits::growth_room == 0);
    static std::vector<std::byte> memory(3 << 20);
    static allot::basic_heap<allot::small_traits> heap;
    CHECK(heap.add_region(memory.data(), 2 << 20) == allot::region_status::out_of_reach);
    REQUIRE(heap.add_region(memory.data(), 1 << 20) == allot::region_status::ok);
    CHECK(heap.stats().largest_free > (1 << 20) - 64);
    CHECK(heap.add_region(memory.data() + (2 << 20), 4096) == allot::region_status::only_one);
}

TEST_CASE("traits: tuned changes what is said, and leaves all else as the base has it") {
    using some = allot::tuned<allot::knobs{.fit_looks = 8}, allot::bounded_traits>;
    STATIC_REQUIRE(some::fit_looks == 8);
    STATIC_REQUIRE(some::coalescing == allot::coalescing::immediate);
    STATIC_REQUIRE(some::fit_probes == 1);
    using again = allot::tuned<allot::knobs{.fit_looks = 0, .lanes = 0}, some>;
    STATIC_REQUIRE(again::fit_looks == 0);
    STATIC_REQUIRE(again::lanes == 0);
    STATIC_REQUIRE(again::coalescing == allot::coalescing::immediate);
    STATIC_REQUIRE(allot::tuned<allot::knobs{}, allot::compact_traits>::links == allot::links::compact);
    STATIC_REQUIRE(allot::tuned<allot::knobs{.coalescing = allot::coalescing::deferred}, some>::coalescing ==
                   allot::coalescing::deferred);
}

TEST_CASE("traits: a heap object has at most 8 KiB, one of small_traits 440 bytes") {
    STATIC_REQUIRE(sizeof(allot::heap) <= 8 * 1024);
    STATIC_REQUIRE(sizeof(allot::basic_heap<allot::small_traits>) <= 440);
}

TEST_CASE("traits: the default hooks: exhaustion does nothing, corruption stops the program") {
    default_traits::on_exhausted(100);
    CHECK(end_of([] {
              default_traits::on_corruption({allot::corruption_kind::double_free, nullptr});
          }).substr(0, 6) == "signal");
}

TEMPLATE_LIST_TEST_CASE("traits: a random life of a heap with every knob", "", settings) {
    checked_heap<allot::basic_heap<TestType>> heap(bare_field{12288});
    REQUIRE(heap.add_region(0, 4096) == allot::region_status::ok);
    const allot::region_status expected = TestType::largest_chunk == 4096 ? allot::region_status::out_of_reach
                                          : TestType::one_region          ? allot::region_status::only_one
                                                                          : allot::region_status::ok;
    REQUIRE(heap.add_region(6000, 6001) == expected);
    random_numbers random(7);
    std::vector<void*> owned(16, nullptr);
    for (int i = 0; i < 500; ++i) {
        void*& slot = owned[random.below(owned.size())];
        const std::size_t bytes = random.below(std::size_t{1} << random.below(11));
        const std::size_t alignment = std::size_t{1} << random.below(9);
        if (slot == nullptr) slot = heap.allocate(bytes, alignment);
        else if (random.below(3) == 0) heap.deallocate(std::exchange(slot, nullptr));
        else if (void* const moved = heap.reallocate(slot, bytes, alignment)) slot = moved;
    }
    heap.deallocate_all();
    heap.coalesce();
    CHECK(heap.stats().free_chunks == heap.stats().regions);
}

TEMPLATE_LIST_TEST_CASE("traits: no heap caches more than its limit, and none but the deferred cache at all", "",
                        settings) {
    checked_heap<allot::basic_heap<TestType>> heap(4096);
    std::vector<void*> owned;
    for (std::size_t i = 0; i < 20; ++i) owned.push_back(heap.allocate(i * 9));
    for (void* const payload : owned) {
        heap.deallocate(payload);
        const bool caches = TestType::coalescing == allot::coalescing::deferred;
        CHECK(heap.stats().cached_bytes <= (caches ? TestType::cached_bytes_limit : 0));
    }
}
