// The rules of the contract, one by one, for every kind of heap and of lock.
#include <allot/heap.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"
#include "support/lived_in.hpp"

#include <cstdint>

using namespace allot_test;

namespace {

constexpr std::size_t region_bytes = 8192;
constexpr std::size_t impossible_alignments[] = {0, 3, 24, 48, SIZE_MAX, SIZE_MAX - 1};

}  // namespace

TEMPLATE_LIST_TEST_CASE("contract: zero bytes are a payload of its own", "", contract_heaps) {
    checked_heap<TestType> heap(region_bytes);
    void* const first = heap.allocate(0);
    void* const second = heap.allocate(0);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    CHECK(first != second);
    heap.deallocate(first);
    heap.deallocate(second, 0);
}

TEMPLATE_LIST_TEST_CASE("contract: a request beyond max_request changes nothing", "", contract_heaps) {
    lived_in<TestType> lived;
    for (const std::size_t bytes : sizes{TestType::max_request + 1, SIZE_MAX / 2 + 1, SIZE_MAX - 7, SIZE_MAX}) {
        CHECK(lived.heap.allocate(bytes) == nullptr);
        CHECK(lived.heap.try_allocate(bytes, 4096) == nullptr);
        CHECK(lived.heap.allocate_zeroed(bytes) == nullptr);
        CHECK(lived.heap.reallocate(lived.kept, bytes) == nullptr);
        CHECK(lived.heap.reallocate(nullptr, bytes) == nullptr);
        CHECK_FALSE(lived.heap.try_resize(lived.kept, bytes));
    }
}

TEMPLATE_LIST_TEST_CASE("contract: an alignment that is no power of two changes nothing", "", contract_heaps) {
    lived_in<TestType> lived;
    for (const std::size_t alignment : impossible_alignments) {
        CHECK(lived.heap.allocate(16, alignment) == nullptr);
        CHECK(lived.heap.try_allocate(16, alignment) == nullptr);
        CHECK(lived.heap.allocate_zeroed(16, alignment) == nullptr);
        CHECK(lived.heap.reallocate(lived.kept, 16, alignment) == nullptr);
        CHECK(lived.heap.reallocate(nullptr, 16, alignment) == nullptr);
    }
}

TEMPLATE_LIST_TEST_CASE("contract: every power of two is an alignment, small ones mean the granule", "",
                        contract_heaps) {
    checked_heap<TestType> heap(4 * region_bytes);
    for (std::size_t alignment = 1; alignment <= 4096; alignment *= 2) CHECK(heap.allocate(24, alignment) != nullptr);
    heap.deallocate_all();
    heap.coalesce();
    CHECK(heap.shape() == "rest");
}

TEMPLATE_LIST_TEST_CASE("contract: too little memory is nullptr and nothing else", "", contract_heaps) {
    lived_in<TestType> lived;
    for (const std::size_t bytes :
         sizes{region_bytes, region_bytes * 2, TestType::max_request / 2, TestType::max_request}) {
        CHECK(lived.heap.allocate(bytes) == nullptr);
        CHECK(lived.heap.try_allocate(bytes) == nullptr);
        CHECK(lived.heap.allocate_zeroed(bytes) == nullptr);
        CHECK(lived.heap.reallocate(lived.kept, bytes) == nullptr);
        CHECK_FALSE(lived.heap.try_resize(lived.kept, bytes));
    }
}

TEMPLATE_LIST_TEST_CASE("contract: a heap without memory refuses everything", "", contract_heaps) {
    checked_heap<TestType> heap(bare_field{64});
    CHECK(heap.allocate(0) == nullptr);
    CHECK(heap.allocate(1, 4096) == nullptr);
    CHECK(heap.allocate_zeroed(1) == nullptr);
    CHECK(heap.reallocate(nullptr, 1) == nullptr);
    CHECK_FALSE(heap.try_resize(nullptr, 1));
    heap.deallocate(nullptr);
    heap.deallocate(nullptr, 10);
    heap.coalesce();
    CHECK(heap.shape().empty());
    CHECK(heap.stats().region_bytes == 0);
}

TEMPLATE_LIST_TEST_CASE("contract: nullptr is given back without effect, has no size and is not resized", "",
                        contract_heaps) {
    lived_in<TestType> lived;
    const std::string before = lived.heap.shape();
    lived.heap.deallocate(nullptr);
    lived.heap.deallocate(nullptr, 100, 64);
    CHECK_FALSE(lived.heap.try_resize(nullptr, 8));
    CHECK(TestType::usable_size(nullptr) == 0);
    CHECK(lived.heap.shape() == before);
}

TEMPLATE_LIST_TEST_CASE("contract: reallocate of nullptr allocates, to zero bytes shrinks to the minimum", "",
                        contract_heaps) {
    checked_heap<TestType> heap(region_bytes);
    void* const payload = heap.reallocate(nullptr, 200, 256);
    REQUIRE(payload != nullptr);
    CHECK(address_of(payload) % 256 == 0);
    void* const shrunk = heap.reallocate(payload, 0);
    REQUIRE(shrunk != nullptr);
    CHECK(TestType::usable_size(shrunk) + TestType::chunk_overhead == TestType::min_chunk_size);
    CHECK(heap.live_count() == 1);
}

TEMPLATE_LIST_TEST_CASE("contract: reallocate honours the alignment, moved or not", "", contract_heaps) {
    checked_heap<TestType> heap(region_bytes);
    void* payload = heap.allocate(10);
    heap.take(2);
    for (const std::size_t alignment : sizes{256, 64, 1024, 1}) {
        for (const std::size_t bytes : sizes{300, 20, 700, 0}) {
            payload = heap.reallocate(payload, bytes, alignment);
            REQUIRE(payload != nullptr);
            CHECK(address_of(payload) % alignment == 0);
        }
    }
}

TEMPLATE_LIST_TEST_CASE("contract: zeroed means zeroed, in memory that was used before", "", contract_heaps) {
    checked_heap<TestType> heap(region_bytes);
    for (const std::size_t bytes : sizes{0, 1, 8, 100, 1000, 4000}) {
        heap.deallocate(heap.allocate(bytes));
        void* const payload = heap.allocate_zeroed(bytes);
        REQUIRE(payload != nullptr);
        heap.deallocate(payload, bytes);
    }
}

TEMPLATE_LIST_TEST_CASE("contract: bad regions get their own status and are not written", "", contract_heaps) {
    using allot::region_status;
    checked_heap<TestType> heap(bare_field{region_bytes});
    REQUIRE(heap.add_region(1024, 2048) == region_status::ok);
    CHECK(heap.raw().add_region(nullptr, 4096) == region_status::null_base);
    CHECK(heap.add_region(4096, 0) == region_status::too_small);
    CHECK(heap.add_region(4096, 1) == region_status::too_small);
    CHECK(heap.add_region(4096, 4 * sizeof(void*)) == region_status::too_small);
    CHECK(heap.add_region(4096, SIZE_MAX) == region_status::wraps_address_space);
    CHECK(heap.add_region(1024, 2048) == region_status::overlaps);
    CHECK(heap.add_region(3071, 1024) == region_status::overlaps);
    CHECK(heap.add_region(0, 1025) == region_status::overlaps);
    CHECK(heap.add_region(0, 8192) == region_status::overlaps);
    CHECK(heap.add_region(1500, 500) == region_status::overlaps);
    CHECK(heap.shape() == "rest");
}

TEMPLATE_LIST_TEST_CASE("contract: try_resize in place or not at all", "", all_heaps) {
    checked_heap<TestType> heap(region_bytes);
    void* const payload = heap.take(4);
    void* const above = heap.take(60);
    heap.take(2);
    CHECK_FALSE(heap.try_resize(payload, 5 * heap.granule));
    heap.deallocate(above);
    heap.coalesce();
    CHECK(heap.try_resize(payload, 64 * heap.granule - heap.overhead));
    CHECK(heap.shape() == "[64] [2] rest");
    CHECK_FALSE(heap.try_resize(payload, 64 * heap.granule));
    CHECK(heap.try_resize(payload, 0));
    CHECK(TestType::usable_size(payload) + TestType::chunk_overhead == TestType::min_chunk_size);
}

TEMPLATE_LIST_TEST_CASE("contract: the numbers of the type", "", contract_heaps) {
    STATIC_REQUIRE(TestType::chunk_overhead == sizeof(std::size_t));
    STATIC_REQUIRE(TestType::default_alignment >= 2 * sizeof(std::size_t));
    STATIC_REQUIRE(TestType::default_alignment >= alignof(std::max_align_t));
    STATIC_REQUIRE(TestType::min_chunk_size % TestType::default_alignment == 0);
    STATIC_REQUIRE(TestType::max_request < SIZE_MAX / 2 + 1);
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<TestType>);
    STATIC_REQUIRE_FALSE(std::is_move_constructible_v<TestType>);
    STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<TestType>);
    STATIC_REQUIRE_FALSE(std::is_move_assignable_v<TestType>);
    STATIC_REQUIRE(std::is_nothrow_default_constructible_v<TestType>);
}

TEST_CASE("contract: the default heap takes 16 bytes for 8 with compact links, four words with plain ones") {
    STATIC_REQUIRE(allot::heap::min_chunk_size == 4 * sizeof(std::size_t));
    STATIC_REQUIRE(sizeof(std::size_t) != 8 || compact_heap::min_chunk_size == 16);
    STATIC_REQUIRE(allot::basic_heap<wide_granule_traits>::min_chunk_size == 64);
}

namespace {
constinit allot::heap constant_heap;
constinit allot::locked_heap<> constant_locked_heap;
}  // namespace

TEST_CASE("contract: a heap is constant-initialised and empty") {
    CHECK(constant_heap.allocate(1) == nullptr);
    CHECK(constant_locked_heap.allocate(1) == nullptr);
    CHECK(constant_heap.verify());
    CHECK(constant_heap.stats().regions == 0);
}
