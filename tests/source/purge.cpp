#include <allot/source/purge.hpp>

#include "support/catch.hpp"
#include "support/random.hpp"

#include <allot/locked_heap.hpp>

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t span_bytes = std::size_t{16} << 20;

/// One span; what is purged is overwritten, so that a payload in it would show.
struct purging_pages {
    alignas(4096) static inline unsigned char memory[span_bytes];
    static inline std::size_t purges = 0;
    static inline std::size_t purged_bytes = 0;

    allot::memory_span acquire(std::size_t) noexcept { return {memory, span_bytes}; }
    void release(allot::memory_span) noexcept {}
    void purge(allot::memory_span span) noexcept {
        ++purges;
        purged_bytes += span.bytes;
        std::memset(span.base, 0xEE, span.bytes);
    }
};

struct zeroed_pages : purging_pages {
    static constexpr bool gives_zeroed = true;
};
struct purged_zeroed : allot::bounded_traits {
    using source = zeroed_pages;
};

template <class Base>
struct purged : Base {
    using source = purging_pages;
};

/// With words of 32 bits compact links reach 1 MiB, less than a purge comes after.
using far_reaching = std::conditional_t<sizeof(std::size_t) == 8, allot::compact_traits, allot::default_traits>;

}  // namespace

TEMPLATE_TEST_CASE("purge: large free chunks lose their contents after a while, payloads never", "",
                   allot::default_traits, allot::bounded_traits, far_reaching) {
    allot::locked_heap<allot::basic_heap<purged<TestType>>> heap;
    purging_pages::purges = purging_pages::purged_bytes = 0;
    void* const anchor = heap.allocate(1000);
    REQUIRE(anchor != nullptr);
    std::vector<std::pair<unsigned char*, std::size_t>> owned;
    allot_test::random_numbers random(3);
    for (int i = 0; i < 3000; ++i) {
        const std::size_t bytes = 1 + random.below(std::size_t{1} << (6 + random.below(14)));
        auto* const payload = static_cast<unsigned char*>(heap.try_allocate(bytes));
        if (payload != nullptr) {
            std::memset(payload, static_cast<int>(bytes & 0x7F), bytes);
            owned.emplace_back(payload, bytes);
        }
        if (!owned.empty() && (payload == nullptr || owned.size() > 60)) {
            std::swap(owned[random.below(owned.size())], owned.back());
            const auto [freed, freed_bytes] = owned.back();
            REQUIRE(std::all_of(freed, freed + freed_bytes,
                                [bytes = freed_bytes](unsigned char each) { return each == (bytes & 0x7F); }));
            heap.deallocate(freed);
            owned.pop_back();
        }
    }
    CHECK(heap.verify());
    CHECK(purging_pages::purges > 0);
    for (const auto& [payload, bytes] : owned) heap.deallocate(payload);
    heap.coalesce();
    CHECK(heap.verify());
    heap.deallocate(anchor);
}

TEST_CASE("purge: what was purged is not purged again until it was used, and little never") {
    allot::basic_heap<purged<allot::bounded_traits>> heap;
    void* const anchor = heap.allocate(1000);
    purging_pages::purges = purging_pages::purged_bytes = 0;
    for (int i = 0; i < 100; ++i) heap.deallocate(heap.allocate(10000));
    CHECK(purging_pages::purges == 0);
    void* const large = heap.allocate(8 << 20);
    void* const wall = heap.allocate(100);
    heap.deallocate(large);
    const std::size_t once = purging_pages::purged_bytes;
    CHECK(once > 8 << 20);  // the chunk, and what is free at the end
    for (int i = 0; i < 1000; ++i) heap.deallocate(heap.allocate(10000));
    CHECK(purging_pages::purged_bytes < once + (10 << 20));
    heap.deallocate(wall);
    heap.deallocate(anchor);
}

TEST_CASE("purge: only after as many bytes as are kept anyhow have come back") {
    allot::basic_heap<purged<allot::bounded_traits>> heap;
    void* const large = heap.allocate(8 << 20);
    std::vector<void*> owned{heap.allocate(100)};
    heap.deallocate(large);
    const std::size_t before = purging_pages::purges;
    for (int i = 0; i < 500; ++i) {
        owned.push_back(heap.allocate(10000));  // what is free is another chunk each time
        heap.deallocate(heap.allocate(100));
    }
    CHECK(purging_pages::purges == before);
    for (void* const payload : owned) heap.deallocate(payload);
}

TEST_CASE("purge: what was never written is not purged, nor what the caller gave") {
    purging_pages::purged_bytes = 0;
    allot::basic_heap<purged_zeroed> fresh;
    void* const large = fresh.allocate(4 << 20);
    void* const wall = fresh.allocate(100);
    fresh.deallocate(large);
    CHECK(purging_pages::purged_bytes > (4 << 20) - 8192);
    CHECK(purging_pages::purged_bytes <= 4 << 20);  // 12 MiB lie free above it
    fresh.deallocate(wall);

    purging_pages::purges = 0;
    std::memset(purging_pages::memory, 0, span_bytes);  // no marks of an earlier heap
    allot::basic_heap<purged<allot::bounded_traits>> own;
    REQUIRE(own.add_region(purging_pages::memory, span_bytes) == allot::region_status::ok);
    void* const first = own.allocate(4 << 20);
    void* const second = own.allocate(100);
    own.deallocate(first);
    CHECK(purging_pages::purges == 0);
    own.deallocate(second);
}
