// Memory from a source: grown when a request does not fit, given back when a region is wholly free, for a heap alone
// and for one behind a lock.
#include <allot/policy/source.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/field_source.hpp"
#include "support/heaps.hpp"
#include "support/random.hpp"

#include <utility>

using namespace allot_test;

namespace {

template <class Traits>
using sourced_heap = allot::basic_heap<reporting<sourced<Traits>>>;

using sourced_heaps =
    std::tuple<sourced_heap<allot::default_traits>, sourced_heap<allot::bounded_traits>,
               sourced_heap<allot::compact_traits>, allot::locked_heap<sourced_heap<allot::default_traits>>,
               allot::locked_heap<sourced_heap<allot::bounded_traits>, std::mutex>>;

template <class Heap>
struct grown : checked_heap<Heap> {
    explicit grown(std::size_t field_bytes = 32768) : checked_heap<Heap>(bare_field{field_bytes}) {
        source().use(this->field());
    }
    field_source& source() { return this->raw().source(); }
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("source: asked when a request does not fit, for enough that it fits", "", sourced_heaps) {
    for (const std::size_t bytes : sizes{0, 1, 24, 100, 1000, 5000}) {
        for (const std::size_t alignment : sizes{1, 16, 64, 1024}) {
            grown<TestType> heap;
            heap.source().use(heap.field(), 5);
            CHECK(heap.allocate(bytes, alignment) != nullptr);
            REQUIRE(heap.source().asked.size() == 1);
            CHECK(heap.source().asked[0] >= bytes);
            CHECK(heap.source().released.empty());
        }
    }
}

TEMPLATE_LIST_TEST_CASE("source: asked by the verbs that may ask, never by try_allocate and try_resize", "",
                        sourced_heaps) {
    grown<TestType> heap;
    CHECK(heap.try_allocate(100) == nullptr);
    CHECK(heap.source().asked.empty());
    void* payload = heap.allocate_zeroed(100);
    CHECK(heap.source().asked.size() == 1);
    CHECK_FALSE(heap.try_resize(payload, 4000));
    CHECK(heap.try_allocate(4000) == nullptr);
    CHECK(heap.source().asked.size() == 1);
    payload = heap.reallocate(payload, 4000);
    CHECK(payload != nullptr);
    CHECK(heap.source().asked.size() == 2);
    CHECK(heap.reallocate(nullptr, 4000) != nullptr);
    CHECK(heap.source().asked.size() == 3);
}

TEMPLATE_LIST_TEST_CASE("source: not asked for what no span could serve", "", sourced_heaps) {
    grown<TestType> heap;
    void* const kept = heap.allocate(100);
    heap.source().asked.clear();
    for (const std::size_t bytes : sizes{TestType::max_request, TestType::max_request + 1, SIZE_MAX}) {
        for (const std::size_t alignment : sizes{16, SIZE_MAX / 2 + 1, 24, 0}) {
            CHECK(heap.allocate(bytes, alignment) == nullptr);
            CHECK(heap.reallocate(kept, bytes, alignment) == nullptr);
        }
    }
    CHECK(heap.allocate(1, SIZE_MAX / 2 + 1) == nullptr);
    CHECK(heap.source().asked.empty());
}

TEMPLATE_LIST_TEST_CASE("source: a region that has become wholly free goes back", "", sourced_heaps) {
    grown<TestType> heap;
    void* const payload = heap.allocate(2000);
    heap.deallocate(payload);
    CHECK(heap.source().released.size() == 1);
    CHECK(heap.stats().regions == 0);
    void* const small = heap.allocate(24);
    heap.deallocate(small, 24);
    heap.coalesce();
    CHECK(heap.source().released.size() == 2);
    CHECK(heap.stats().region_bytes == 0);
}

TEMPLATE_LIST_TEST_CASE("source: nobody removes a part of a region that is to go back whole", "", sourced_heaps) {
    grown<TestType> heap;
    heap.source().extra = 4096;
    void* const payload = heap.allocate(2000);
    const std::size_t span_bytes = heap.source().asked.front() + heap.source().extra;
    for (std::size_t bytes = 64; bytes < 1000; bytes += 8)
        CHECK(heap.raw().remove_region(heap.field().at(span_bytes - bytes), bytes) == allot::region_status::not_free);
    heap.deallocate(payload);
    REQUIRE(heap.source().released.size() == 1);
    CHECK(heap.source().released.front() == allot::memory_span{heap.field().at(0), span_bytes});
}

TEST_CASE("source: with immediate coalescing a region goes back at once, though the remainder was its upper end") {
    grown<sourced_heap<allot::bounded_traits>> heap;
    heap.source().extra = 4000;
    void* const first = heap.allocate(1000);
    void* const elsewhere = heap.allocate(8000);
    void* const cut_from_its_end = heap.allocate(24);
    REQUIRE(heap.stats().regions == 2);
    heap.deallocate(first);
    heap.deallocate(cut_from_its_end);
    CHECK(heap.stats().regions == 1);
    heap.deallocate(elsewhere);
}

TEMPLATE_LIST_TEST_CASE("source: a region that a reallocate has moved out of goes back", "", sourced_heaps) {
    grown<TestType> heap;
    void* const payload = heap.reallocate(heap.allocate(2000), 9000);
    REQUIRE(payload != nullptr);
    heap.coalesce();
    CHECK(heap.source().released.size() == 1);
    CHECK(heap.stats().regions == 1);
}

TEMPLATE_LIST_TEST_CASE("source: it goes back at once, not at the next deallocate", "", sourced_heaps) {
    grown<TestType> heap;
    REQUIRE(heap.reallocate(heap.allocate(2000), 9000) != nullptr);
    CHECK(heap.source().released.size() == 1);
}

TEMPLATE_LIST_TEST_CASE("source: nothing goes back for a null pointer", "", sourced_heaps) {
    grown<TestType> heap;
    heap.deallocate(heap.allocate(24));
    REQUIRE(heap.try_allocate(20000) == nullptr);  // merges what waits: the region may be free as a whole now
    const std::size_t released = heap.source().released.size();
    heap.raw().deallocate(nullptr);
    heap.raw().deallocate(nullptr, 24);
    CHECK(heap.source().released.size() == released);
}

TEMPLATE_LIST_TEST_CASE("source: regions of the caller stay", "", sourced_heaps) {
    grown<TestType> heap;
    heap.source().use(heap.field(), 8192);
    REQUIRE(heap.add_region(0, 4096) == allot::region_status::ok);
    void* const own = heap.allocate(2000);
    void* const sourced = heap.allocate(4000);
    heap.deallocate(own);
    CHECK(heap.source().released.empty());
    heap.deallocate(sourced);
    heap.coalesce();
    CHECK(heap.source().released.size() == 1);
    CHECK(heap.stats().region_bytes == 4096);
}

TEMPLATE_LIST_TEST_CASE("source: a span next to a region of the caller does not merge with it", "", sourced_heaps) {
    grown<TestType> heap;
    heap.source().use(heap.field(), 4096);
    REQUIRE(heap.add_region(0, 4096) == allot::region_status::ok);
    void* const payload = heap.allocate(6000);
    CHECK(heap.stats().regions == 2);
    heap.deallocate(payload);
    CHECK(heap.source().released.size() == 1);
    CHECK(heap.stats().region_bytes == 4096);
}

TEMPLATE_LIST_TEST_CASE("source: spans side by side stay apart, and each goes back whole", "", sourced_heaps) {
    grown<TestType> heap;
    heap.source().use(heap.field(), 0, 0);
    void* const first = heap.allocate(2000);
    void* const second = heap.allocate(3000);
    REQUIRE(heap.source().asked.size() == 2);
    CHECK(heap.stats().regions == 2);
    heap.deallocate(first);
    REQUIRE(heap.source().released.size() == 1);
    CHECK(heap.source().released[0].base == heap.field().at(0));
    CHECK(heap.source().released[0].bytes == heap.source().asked[0]);
    heap.deallocate(second);
    CHECK(heap.source().released.size() == 2);
    CHECK(heap.stats().regions == 0);
}

TEMPLATE_LIST_TEST_CASE("source: several regions that become free in one call all go back", "", sourced_heaps) {
    grown<TestType> heap;
    std::vector<void*> owned;
    for (int i = 0; i < 5; ++i) owned.push_back(heap.allocate(300));
    const std::size_t spans = heap.source().asked.size();
    for (void* const payload : owned) heap.deallocate(payload);
    heap.coalesce();
    CHECK(heap.source().released.size() == spans);
    CHECK(heap.stats().regions == 0);
}

TEMPLATE_LIST_TEST_CASE("source: more than was asked for is used", "", sourced_heaps) {
    grown<TestType> heap;
    heap.source().extra = 4096;
    CHECK(heap.allocate(100) != nullptr);
    CHECK(heap.allocate(3500) != nullptr);
    CHECK(heap.source().asked.size() == 1);
}

TEMPLATE_LIST_TEST_CASE("source: a bad span goes straight back and the request fails", "", sourced_heaps) {
    grown<TestType> heap;
    heap.source().use(heap.field(), 8192);
    REQUIRE(heap.add_region(0, 4096) == allot::region_status::ok);
    void* const kept = heap.allocate(100);
    std::byte* const base = heap.field().at(0);
    for (const allot::memory_span bad :
         {allot::memory_span{base, 9000}, allot::memory_span{base + 1000, 9000}, allot::memory_span{base + 8192, 8},
          allot::memory_span{base + 8192, SIZE_MAX}, allot::memory_span{base + 8192, 300}}) {
        heap.source().bad_span = bad;
        heap.source().released.clear();
        CHECK(heap.allocate(8000) == nullptr);
        CHECK(heap.reallocate(kept, 8000) == nullptr);
        CHECK(heap.source().released == std::vector<allot::memory_span>(2, bad));
    }
}

TEMPLATE_LIST_TEST_CASE("source: a null base means none, whatever its size says", "", sourced_heaps) {
    grown<TestType> heap;
    heap.source().fails_at = 1;
    CHECK(heap.allocate(8) == nullptr);
    CHECK(heap.source().released.empty());
    CHECK(heap.allocate(8) != nullptr);
}

TEMPLATE_LIST_TEST_CASE("source: what calls back into the heap that asks it is reported", "", sourced_heaps) {
    grown<TestType> heap;
    auto& raw = heap.raw();
    heap.source().on_acquire = [&] { static_cast<void>(raw.allocate(100000)); };
    CHECK(end_of([&] { static_cast<void>(raw.allocate(10)); }) == "reentered");
    CHECK(end_of([&] { static_cast<void>(raw.allocate_zeroed(10)); }) == "reentered");
    CHECK(end_of([&] { static_cast<void>(raw.reallocate(nullptr, 10)); }) == "reentered");
}

TEMPLATE_LIST_TEST_CASE("source: it may use the heap's verbs that never ask", "", sourced_heaps) {
    grown<TestType> heap;
    auto& raw = heap.raw();
    void* spare = heap.allocate(2000);
    heap.source().on_acquire = [&] {
        CHECK(raw.verify());
        CHECK(raw.try_allocate(100000) == nullptr);
    };
    CHECK(heap.allocate(5000) != nullptr);
    heap.deallocate(spare);
}

namespace {

// A life that grows, shrinks and moves; the source fails at its call number `fails_at`.
template <class Heap>
std::size_t live_with_failure(std::size_t fails_at) {
    grown<Heap> heap(60000);
    heap.source().fails_at = fails_at;
    random_numbers random(12);
    std::vector<void*> owned(12, nullptr);
    for (int i = 0; i < 50; ++i) {
        void*& slot = owned[random.below(owned.size())];
        const std::size_t bytes = random.below(1500);
        const std::size_t alignment = std::size_t{1} << random.below(9);
        const std::size_t choice = random.below(4);
        if (choice == 0 || slot == nullptr) {
            if (slot != nullptr) heap.deallocate(slot);
            slot = choice == 1 ? heap.allocate_zeroed(bytes, alignment) : heap.allocate(bytes, alignment);
        } else if (void* const moved = heap.reallocate(slot, bytes, alignment)) {
            slot = moved;
        }
    }
    heap.deallocate_all();
    heap.coalesce();
    CHECK(heap.stats().regions == 0);
    CHECK(heap.field().given_bytes() == 0);
    return heap.source().asked.size();
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("C12 the source fails at its i-th call, for every i: nothing is lost and nothing is changed",
                        "", sourced_heaps) {
    const std::size_t calls = live_with_failure<TestType>(0);
    CHECK(calls > 5);
    for (std::size_t i = 1; i <= calls; ++i) CHECK(live_with_failure<TestType>(i) >= i);
}
