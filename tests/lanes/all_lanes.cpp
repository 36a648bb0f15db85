#include <allot/lanes/all_lanes.hpp>

#include "support/catch.hpp"
#include "support/contended.hpp"
#include "support/random.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include <sys/mman.h>

namespace {

/// Spans with gaps between them; counts what is out.
struct gappy_spans {
    static inline std::size_t bytes_out = 0;
    static constexpr std::size_t span_bytes = 65536;

    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        const std::size_t bytes = min_bytes < span_bytes ? span_bytes : min_bytes;
        bytes_out += bytes;
        return {::operator new(bytes), bytes};
    }
    void release(allot::memory_span span) noexcept {
        bytes_out -= span.bytes;
        ::operator delete(span.base);
    }
};

struct spanned : allot::default_traits {
    using source = gappy_spans;
};

}  // namespace

TEST_CASE("all_lanes: what waits in lanes holds no span of a heap that shrinks, though nobody calls coalesce") {
    allot_test::contended<spanned> heap;
    allot_test::random_numbers random(9);
    std::vector<void*> owned;
    for (std::size_t bytes = 0; bytes < 16u << 20; bytes += 48) owned.push_back(heap.allocate(40));
    REQUIRE(gappy_spans::bytes_out > 15u << 20);
    for (std::size_t i = owned.size(); i > 1; --i) std::swap(owned[i - 1], owned[random.below(i)]);
    for (void* const payload : owned) heap.deallocate(payload);
    CHECK(gappy_spans::bytes_out <= 3u << 20);
    heap.coalesce();
    CHECK(gappy_spans::bytes_out == 0);
    CHECK(heap.verify());
}

namespace {

/// Two spans, then nothing; counts how often it is asked.
struct two_spans {
    alignas(16) static inline unsigned char memory[2][8192];
    static inline std::size_t asked = 0;
    static inline std::size_t given = 0;

    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        ++asked;
        if (given == 2 || min_bytes > sizeof memory[0]) return {};
        return {memory[given++], sizeof memory[0]};
    }
    void release(allot::memory_span) noexcept {}
};

struct supplied : allot::default_traits {
    using source = two_spans;
};

/// Takes small pieces and frees them: they wait in lanes, or are cached behind them.
template <class Heap>
void let_wait(Heap& heap, int pieces) {
    std::vector<void*> owned;
    for (int i = 0; i < pieces; ++i) owned.push_back(heap.allocate(40));
    REQUIRE(owned.back() != nullptr);
    for (void* const payload : owned) heap.deallocate(payload);
}

}  // namespace

TEST_CASE("all_lanes: for want of memory the source is asked, and lanes are emptied when it gives nothing") {
    allot_test::contended<supplied> heap;
    two_spans::asked = 0;  // not for those who found the lock held
    REQUIRE(heap.allocate(2000) != nullptr);
    const auto asked_for = [&](std::size_t bytes) {
        const std::size_t before = two_spans::asked;
        void* const payload = heap.allocate(bytes);
        CHECK(payload != nullptr);
        if (two_spans::asked == before) heap.deallocate(payload);
        return two_spans::asked - before;
    };
    let_wait(heap, 60);
    CHECK(asked_for(4000) == 1);  // and is given the second span
    let_wait(heap, 150);
    void* const unasked = heap.try_allocate(3500);  // never asks: what waits has to do
    CHECK(unasked != nullptr);
    heap.deallocate(unasked);
    let_wait(heap, 150);
    CHECK(asked_for(3500) == 1);  // in vain: the same
    CHECK(heap.verify());
}

TEST_CASE("all_lanes: what waits in lanes stays sound where compact links must count from elsewhere") {
    constexpr std::size_t granules = std::size_t{1} << (sizeof(std::size_t) * 4);
    constexpr std::size_t reach =
        granules / 4 * 3 * allot::compact_traits::granule;  // the first region lies in the middle of twice that
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* const area = mmap(nullptr, reach, PROT_READ | PROT_WRITE, flags, -1, 0);
    REQUIRE(area != MAP_FAILED);
    auto* const low = static_cast<unsigned char*>(area);
    {
        allot_test::contended<allot::compact_traits> heap;
        REQUIRE(heap.add_region(low + reach - 65536, 65536) == allot::region_status::ok);
        std::vector<void*> owned;
        for (int i = 0; i < 100; ++i) owned.push_back(heap.allocate(40));
        std::vector<void*> kept;
        for (int i = 0; i < 100; ++i) kept.push_back(heap.allocate(40));
        for (void* const payload : owned) heap.deallocate(payload);
        REQUIRE(heap.stats().cached_bytes > 4000);
        REQUIRE(heap.add_region(low, 65536) == allot::region_status::ok);
        for (void* const payload : kept) heap.deallocate(payload);
        CHECK(heap.verify());
        std::vector<void*> below;
        for (int i = 0; i < 900; ++i) below.push_back(heap.allocate(100));
        REQUIRE(below.back() != nullptr);
        CHECK(*std::min_element(below.begin(), below.end()) < low + 65536);
        for (void* const payload : below) heap.deallocate(payload);
        CHECK(heap.verify());
        for (void*& payload : owned) payload = heap.allocate(40);
        CHECK(std::set<void*>(owned.begin(), owned.end()).size() == 100);
        for (void* const payload : owned) heap.deallocate(payload);
        heap.coalesce();
        CHECK(heap.verify());
        CHECK(heap.stats().in_use_bytes == 0);
    }
    munmap(area, reach);
}
