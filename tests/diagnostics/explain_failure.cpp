// Why a request fails, in words: the numbers are those of the heap, and the reason is the true one.
#include <allot/diagnostics/explain_failure.hpp>
#include <allot/locked_heap.hpp>

#include "support/catch.hpp"
#include "support/contended.hpp"
#include "support/explained.hpp"
#include "support/heaps.hpp"
#include "support/memory_field.hpp"

#include <vector>

using namespace allot_test;

namespace {

template <class Heap>
class small_heap {
public:
    static constexpr std::size_t bytes = 64 * 1024;

    small_heap() { REQUIRE(heap_.add_region(field_.at(0), bytes) == allot::region_status::ok); }
    Heap& raw() { return heap_; }
    memory_field& field() { return field_; }

    /// Takes all that there is in payloads of about 500 bytes, and gives every second one back.
    void fragment() {
        for (void* payload = heap_.allocate(500); payload != nullptr; payload = heap_.allocate(500))
            payloads_.push_back(payload);
        for (std::size_t i = 0; i < payloads_.size(); i += 2) heap_.deallocate(payloads_[i]);
    }

private:
    memory_field field_{bytes};
    Heap heap_{};
    std::vector<void*> payloads_{};
};

/// A source that gives one span, once.
class one_span {
public:
    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        if (is_given_ || min_bytes > sizeof memory_) return {};
        is_given_ = true;
        return {memory_, sizeof memory_};
    }
    static void release(allot::memory_span) noexcept {}

private:
    alignas(64) unsigned char memory_[8192] = {};
    bool is_given_ = false;
};

struct sourced_traits : allot::default_traits {
    using source = one_span;
};

/// No region here has an address that is a multiple of it.
constexpr std::size_t huge_alignment = std::size_t{1} << (sizeof(std::size_t) == 8 ? 46 : 30);

std::string text_of(std::size_t number) { return std::to_string(number); }

}  // namespace

TEMPLATE_LIST_TEST_CASE("explain_failure: the numbers are those of the heap", "", all_heaps) {
    small_heap<TestType> heap;
    heap.fragment();
    const allot::heap_stats stats = heap.raw().stats();
    const std::string text = explained_failure(heap.raw(), 20000);
    CHECK(has(text, "allot: a request for 20000 bytes aligned to " + text_of(TestType::default_alignment) +
                        " needs a chunk of "));
    CHECK(
        has(text, "free in all: " + text_of(stats.free_bytes) + " bytes in " + text_of(stats.free_chunks) + " chunk"));
    CHECK(has(text, "cached or waiting in lanes: " + text_of(stats.cached_bytes) + " bytes in "));
    CHECK(has(text, "there is no source: the heap has the " + text_of(stats.region_bytes) +
                        " bytes in 1 region that it was given\n"));
    CHECK(has(text, "  so: enough is free, but not in one piece\n"));
    heap.raw().coalesce();
    const std::string merged = explained_failure(heap.raw(), 20000);
    CHECK(has(merged, "the largest free chunk has " + text_of(heap.raw().stats().largest_free) + " bytes; "));
    CHECK(has(merged, "waiting in lanes: 0 bytes in 0 chunks\n"));
}

TEMPLATE_LIST_TEST_CASE("explain_failure: every reason is the true one", "", core_heaps) {
    small_heap<TestType> heap;
    const std::size_t largest = heap.raw().stats().largest_free - TestType::chunk_overhead;
    CHECK(has(explained_failure(heap.raw(), largest), "  so: it can be met now"));
    CHECK(heap.raw().try_allocate(largest + 1) == nullptr);
    CHECK(has(explained_failure(heap.raw(), largest + 1), "  so: less than that is free in all\n"));
    CHECK(has(explained_failure(heap.raw(), 100, huge_alignment),
              "  so: there is a large enough chunk, but not at this alignment\n"));
    CHECK(heap.raw().try_allocate(100, huge_alignment) == nullptr);
    heap.fragment();
    CHECK(has(explained_failure(heap.raw(), 1000), "  so: enough is free, but not in one piece\n"));
    CHECK(heap.raw().try_allocate(1000) == nullptr);
}

TEST_CASE("explain_failure: what is cached counts as it would merge") {
    small_heap<allot::heap> heap;
    std::vector<void*> payloads;
    for (void* payload = heap.raw().allocate(100); payload != nullptr; payload = heap.raw().allocate(100))
        payloads.push_back(payload);
    for (std::size_t i = 10; i < 30; ++i) heap.raw().deallocate(payloads[i]);
    REQUIRE(heap.raw().stats().cached_bytes == 20 * 112);
    const std::string text = explained_failure(heap.raw(), 2000);
    CHECK(has(text, "cached or waiting in lanes: 2240 bytes in 20 chunks\n"));
    CHECK(has(text, "with those merged the largest would have 2240 bytes\n"));
    CHECK(has(text, "  so: it could be met once what is cached and waits has merged"));
    CHECK(heap.raw().try_allocate(2000) != nullptr);
}

TEST_CASE("explain_failure: what waits in lanes counts as waiting") {
    small_heap<contended<allot::default_traits>> heap;
    void* const one = heap.raw().allocate(100);
    void* const other = heap.raw().allocate(100);
    heap.raw().deallocate(one);
    heap.raw().deallocate(other);
    const std::size_t waiting = heap.raw().stats().cached_bytes;
    REQUIRE(waiting >= 2 * 112);
    heap.raw().lock_all();
    const std::string text = explained_failure(heap.raw(), 100000);
    heap.raw().unlock_all();
    CHECK(has(text, "cached or waiting in lanes: " + text_of(waiting) + " bytes in "));
}

TEMPLATE_LIST_TEST_CASE("explain_failure: what no heap can do", "", core_heaps) {
    small_heap<TestType> heap;
    CHECK(has(explained_failure(heap.raw(), 1, 0), "aligned to 0 always fails: an alignment is a power of two\n"));
    CHECK(has(explained_failure(heap.raw(), 1, 48), "aligned to 48 always fails: an alignment is a power of two\n"));
    CHECK(has(explained_failure(heap.raw(), TestType::max_request + 1),
              " always fails: the largest request is one for " + text_of(TestType::max_request) + " bytes\n"));
    CHECK(has(explained_failure(heap.raw(), TestType::max_request), " needs a chunk of "));
}

TEMPLATE_TEST_CASE("explain_failure: how much a source has given, and what it gave last", "",
                   allot::basic_heap<sourced_traits>, allot::locked_heap<allot::basic_heap<sourced_traits>>) {
    TestType heap;
    CHECK(has(explained_failure(heap, 100),
              "the source has given 0 of the 0 bytes in 0 regions; it was not asked yet\n"));
    void* const payload = heap.allocate(4000);
    REQUIRE(payload != nullptr);
    CHECK(has(explained_failure(heap, 7000), "; when it was asked last, it gave what was asked for\n"));
    CHECK(heap.allocate(7000) == nullptr);
    CHECK(has(explained_failure(heap, 7000),
              "the source has given 8192 of the 8192 bytes in 1 region; when it was asked last, it gave nothing\n"));
}

TEST_CASE("explain_failure: a source that gave too little") {
    struct stingy {
        static allot::memory_span acquire(std::size_t) noexcept {
            alignas(64) static unsigned char memory[64];
            return {memory, sizeof memory};
        }
        static void release(allot::memory_span) noexcept {}
    };
    struct stingy_traits : allot::default_traits {
        using source = stingy;
    };
    allot::basic_heap<stingy_traits> heap;
    CHECK(heap.allocate(100) == nullptr);
    CHECK(has(explained_failure(heap, 100),
              "; when it was asked last, it gave what cannot be a region, or too little\n"));
}

TEST_CASE("explain_failure: every region is counted, and a damaged one is said") {
    allot::heap heap;
    memory_field field(40 * 4096);
    for (std::size_t i = 0; i < 20; ++i) REQUIRE(heap.add_region(field.at(i * 8192), 4096) == allot::region_status::ok);
    const std::string text = explained_failure(heap, 5000);
    CHECK(has(text, "free in all: " + text_of(heap.stats().free_bytes) + " bytes in 20 chunks; "));
    CHECK(has(text, "81920 bytes in 20 regions that it was given\n"));
    CHECK_FALSE(has(text, "damaged"));
    auto* const header = reinterpret_cast<std::size_t*>(field.at(10 * 8192)) + 4 + (sizeof(std::size_t) == 8 ? 1 : 3);
    const std::size_t kept = *header;
    *header = 0x41;
    const std::string damaged = explained_failure(heap, 5000);
    *header = kept;
    CHECK(has(damaged, "the heap is damaged: what lies behind the damage is not counted here\n"));
    CHECK(has(damaged, " bytes in 19 chunks; "));
    CHECK(heap.verify());
}
