// Sizes and alignments near the last number there is.
#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/lived_in.hpp"
#include "support/sparse_memory.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace allot_test;

namespace {

constexpr std::size_t half = SIZE_MAX / 2 + 1;
constexpr unsigned word_bits = sizeof(std::size_t) * 8;

// Fails on whatever a verb makes of an impossible size; the checked heap compares the memory around it.
template <class Heap>
void refuse(lived_in<Heap>& lived, std::size_t bytes) {
    CHECK(lived.heap.allocate(bytes) == nullptr);
    CHECK(lived.heap.reallocate(lived.kept, bytes) == nullptr);
    CHECK_FALSE(lived.heap.try_resize(lived.kept, bytes));
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("R-01 allocate(SIZE_MAX - k), SIZE_MAX / 2 +- k", "", core_heaps) {
    lived_in<TestType> lived(1024);
    for (std::size_t k = 0; k <= 4096; k += k < 128 ? 1 : 61) {
        refuse(lived, SIZE_MAX - k);
        refuse(lived, half + k);
        refuse(lived, half - k);
        refuse(lived, TestType::max_request + k);
        refuse(lived, TestType::max_request - k);
    }
}

TEMPLATE_LIST_TEST_CASE("R-01 R-03 every k up to 4096 that leaves no doubt, the memory compared at the end", "",
                        core_heaps) {
    lived_in<TestType> lived(1024);
    TestType& heap = lived.heap.raw();
    const std::vector<std::byte> before = lived.heap.field().image();
    std::size_t granted = 0;
    for (std::size_t k = 0; k <= 4096; ++k) {
        for (const std::size_t bytes : sizes{SIZE_MAX - k, half + k, TestType::max_request + 1 + k}) {
            if (heap.allocate(bytes) != nullptr || heap.allocate(bytes, 4096) != nullptr) ++granted;
            if (heap.reallocate(lived.kept, bytes) != nullptr || heap.reallocate(nullptr, bytes) != nullptr) ++granted;
            if (heap.allocate_zeroed(bytes) != nullptr || heap.try_resize(lived.kept, bytes)) ++granted;
        }
    }
    CHECK(granted == 0);
    CHECK(lived.heap.field().image() == before);
    lived.heap.check();
}

TEMPLATE_LIST_TEST_CASE("R-02 allocate_zeroed of a product that wraps or nearly does", "", core_heaps) {
    lived_in<TestType> lived(1024);
    for (unsigned i = 0; i < word_bits; ++i) {
        const std::size_t n = std::size_t{1} << i;
        for (const std::size_t d : sizes{0, 1, 7, 8, 16}) {
            const std::size_t m = half / n * 2;  // n * m is 2^word_bits, or as near as one factor allows
            CHECK(lived.heap.allocate_zeroed(SIZE_MAX / n * n - d) == nullptr);
            CHECK(lived.heap.allocate_zeroed((m - 1) * n - d) == nullptr);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("R-03 reallocate(q, SIZE_MAX - k): q stays intact and owned", "", core_heaps) {
    lived_in<TestType> lived(1024);
    for (std::size_t k = 0; k <= 4096; k += k < 128 ? 1 : 61) {
        CHECK(lived.heap.reallocate(lived.kept, SIZE_MAX - k) == nullptr);
        CHECK(lived.heap.reallocate(lived.kept, SIZE_MAX - k, 4096) == nullptr);
    }
    lived.heap.deallocate(lived.kept);
}

TEMPLATE_LIST_TEST_CASE("R-04 every power-of-two alignment with small and with huge sizes", "", core_heaps) {
    checked_heap<TestType> heap(16384);
    for (unsigned bit = 0; bit < word_bits; ++bit) {
        const std::size_t alignment = std::size_t{1} << bit;
        for (const std::size_t bytes : sizes{0, 1, TestType::min_chunk_size, TestType::max_request - 1,
                                             TestType::max_request, half, SIZE_MAX - 1, SIZE_MAX}) {
            void* const payload = heap.allocate(bytes, alignment);
            if (payload == nullptr) continue;
            CHECK(address_of(payload) % alignment == 0);
            void* const moved = heap.reallocate(payload, 40, alignment);
            CHECK(moved != nullptr);
            CHECK(address_of(moved) % alignment == 0);
            heap.deallocate(moved != nullptr ? moved : payload);
        }
        CHECK((alignment > 4096 || heap.allocate(1, alignment) != nullptr));
        heap.deallocate_all();
    }
}

TEMPLATE_LIST_TEST_CASE("R-05 alignments that are no power of two", "", core_heaps) {
    lived_in<TestType> lived(1024);
    for (const std::size_t alignment : sizes{0, 3, 24, 48, half + 16, SIZE_MAX - 15, SIZE_MAX}) {
        for (const std::size_t bytes : sizes{0, 1, 24, 100, half, SIZE_MAX}) {
            CHECK(lived.heap.allocate(bytes, alignment) == nullptr);
            CHECK(lived.heap.reallocate(lived.kept, bytes, alignment) == nullptr);
        }
    }
}

namespace {

// Half-words of 16 bits: 65536 links, some of them taken for tags.
struct small_links : compact_immediate_traits {
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 30;
};
using small_store = allot::detail::chunk_store<small_links, sparse_memory<std::uint32_t>>;
constexpr std::size_t small_reach = (65536 - small_store::chunks_type::reserved_links) * 16;
constexpr std::size_t somewhere = 0x10000000;

allot::region_status give(small_store& store, std::size_t base, std::size_t bytes) {
    return allot::detail::region_edit<small_store>(store).add(base, bytes, allot::detail::region_origin::caller);
}

bool is_sound(const small_store& store) { return allot::detail::verifier<small_store>(store).is_sound(); }

}  // namespace

TEST_CASE("R-18 a region larger than the reach of compact links is refused, one as large is used to its end") {
    using allot::region_status;
    small_store store;
    CHECK(give(store, somewhere, small_reach + 4096) == region_status::out_of_reach);
    CHECK(store.regions().is_empty());
    REQUIRE(give(store, somewhere, small_reach) == region_status::ok);
    const std::size_t whole = store.chunks().size_of(store.regions().lowest(store.chunks()));
    const std::size_t lower = store.take({whole - 64, 16});
    const std::size_t upper = store.take({32, 16});
    REQUIRE(upper != allot::detail::none);
    store.put(lower, {store.chunks().size_of(lower)});
    CHECK(is_sound(store));
    store.put(upper, {store.chunks().size_of(upper)});
    CHECK(is_sound(store));
    CHECK(store.chunks().size_of(store.regions().lowest(store.chunks())) == whole);
}

TEST_CASE("R-18 compact links reach as far as they can count, up or down from whatever came first, and no further") {
    using allot::region_status;
    for (const std::size_t distance :
         sizes{4096, small_reach / 2, small_reach - 8192, small_reach - 4096, small_reach, 2 * small_reach}) {
        const region_status expected = distance + 4096 <= small_reach ? region_status::ok : region_status::out_of_reach;
        for (const std::size_t other : {somewhere + distance, somewhere - distance}) {
            small_store store;
            REQUIRE(give(store, somewhere, 4096) == region_status::ok);
            const std::size_t used = store.take({1600, 16});
            store.put(store.take({64, 16}), {64});
            REQUIRE(give(store, other, 4096) == expected);
            CHECK(is_sound(store));
            store.put(used, {store.chunks().size_of(used)});
            CHECK(is_sound(store));
        }
    }
}

TEST_CASE("R-18 compact links: what fits the reach is taken in any order and split") {
    using allot::region_status;
    constexpr std::size_t piece = small_reach / 64 / 16 * 16;
    for (std::size_t stride : sizes{1, 5, 7, 11, 13, 37}) {
        small_store store;
        std::vector<std::size_t> owned;
        for (std::size_t i = 0; i < 64; ++i) {
            REQUIRE(give(store, somewhere + i * stride % 64 * piece, piece) == region_status::ok);
            owned.push_back(store.take({48 + i * 16, 16}));
            if (i % 3 == 2) {
                store.put(owned[i / 2], {store.chunks().size_of(owned[i / 2])});
                owned[i / 2] = owned.back();
                owned.pop_back();
                owned.push_back(store.take({64, 16}));
            }
            REQUIRE(is_sound(store));
        }
    }
}

TEMPLATE_LIST_TEST_CASE("R-19 a heap of n bytes: allocate n - 64 to n + 64", "", core_heaps) {
    for (const std::size_t region_bytes : sizes{128, 192, 256, 1000, 4096}) {
        for (std::size_t bytes = region_bytes - 64; bytes <= region_bytes + 64; ++bytes) {
            checked_heap<TestType> heap(region_bytes);
            const std::size_t free = heap.stats().largest_free;
            void* const payload = heap.allocate(bytes);
            CHECK((payload != nullptr) == (bytes + heap.overhead <= free));
            if (payload != nullptr) heap.deallocate(payload);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("R-28 a tiny payload, then a reallocate that must fail: the memory is bit-identical", "",
                        core_heaps) {
    checked_heap<TestType> heap(4096);
    void* const payload = heap.allocate(1);
    for (const std::size_t bytes :
         sizes{4096, 5000, TestType::max_request / 2, TestType::max_request, half, SIZE_MAX}) {
        CHECK(heap.reallocate(payload, bytes) == nullptr);
    }
    heap.deallocate(payload);
}
