#include <allot/source/purge.hpp>

#include "support/catch.hpp"
#include "support/heaps.hpp"
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
    static inline std::size_t written_pages = 0;  // of those, such as something was written to since the last time

    allot::memory_span acquire(std::size_t) noexcept { return {memory, span_bytes}; }
    void release(allot::memory_span) noexcept {}
    void purge(allot::memory_span span) noexcept {
        ++purges;
        purged_bytes += span.bytes;
        for (std::size_t at = 0; at < span.bytes; at += 4096)
            written_pages += static_cast<unsigned char*>(span.base)[at] == 0xEE ? 0 : 1;
        std::memset(span.base, 0xEE, span.bytes);
    }
};

/// Takes the marks of earlier heaps away.
void wipe_pages() {
    std::memset(purging_pages::memory, 0, span_bytes);
    purging_pages::purges = purging_pages::purged_bytes = 0;
}

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

TEST_CASE("purge: a heap that goes down and up again keeps what it will use, and gives it up when it stays down") {
    allot::basic_heap<purged<allot::bounded_traits>> heap;
    std::vector<void*> owned;
    const auto live_with = [&](std::size_t count) {
        for (; owned.size() < count; owned.push_back(heap.allocate(100'000)))
            if (!owned.empty()) std::memset(owned.back(), 1, 100'000);
        for (; owned.size() > count; owned.pop_back()) heap.deallocate(owned.back());
    };
    const auto purged_in_a_breath = [&] {
        purging_pages::written_pages = 0;
        live_with(20);
        live_with(80);
        return purging_pages::written_pages;
    };
    live_with(80);
    CHECK(purged_in_a_breath() > 1000);
    for (int i = 0; i < 3; ++i) CHECK(purged_in_a_breath() < 100);
    purging_pages::written_pages = 0;
    live_with(20);
    SECTION("after a while") {
        for (int i = 0; i < 3000; ++i) heap.deallocate(heap.allocate(100'000));
        CHECK(purging_pages::written_pages > 1350);
    }
    SECTION("at once when told to") {
        heap.coalesce();
        CHECK(purging_pages::written_pages > 1400);
    }
    CHECK(heap.verify());
    live_with(0);
}

TEST_CASE("purge: however little of a chunk is spared, its first words are never purged") {
    allot::basic_heap<purged<allot::bounded_traits>> heap;
    const std::size_t in_its_page = GENERATE(0u, 4096u - 16, 4096u - 8, 2000u);
    void* const anchor = heap.allocate(in_its_page + 4096 - heap.chunk_overhead, 4096);
    auto* const large = static_cast<unsigned char*>(heap.allocate(1 << 20));
    void* const wall = heap.allocate(100);
    heap.deallocate(large);
    auto& store = allot_test::core_of(heap).store();
    allot::detail::purge<std::remove_cvref_t<decltype(store.index())>> purging;
    std::size_t bytes_seen = 0;
    for (std::size_t spared = 1; spared < 100; ++spared) {
        purging.run(store.index(), store.chunks(), spared, allot::detail::some_to_purge,
                    [&](std::size_t base, std::size_t bytes) {
                        const auto* const from = reinterpret_cast<const unsigned char*>(base);
                        if (from >= large + (1 << 20)) return;
                        bytes_seen += bytes;
                        CHECK(from >= large + 3 * sizeof(void*));  // two links and the mark
                    });
    }
    CHECK(bytes_seen > 99u * ((1 << 20) - 8192));
    heap.deallocate(wall);
    heap.deallocate(anchor);
}

TEST_CASE("purge: what is cut off payloads counts as well as what is freed") {
    wipe_pages();
    allot::basic_heap<purged<allot::bounded_traits>> heap;
    std::vector<void*> owned;
    for (int i = 0; i < 12; ++i) owned.push_back(heap.allocate(1 << 20));
    const bool in_place = GENERATE(true, false);
    for (void*& payload : owned) {
        if (in_place) REQUIRE(heap.try_resize(payload, 4096));
        else payload = heap.reallocate(payload, 4096);
    }
    CHECK(purging_pages::purged_bytes > 8 << 20);
    for (void* const payload : owned) heap.deallocate(payload);
}

namespace {

/// Nothing is due before almost all of the span has come back.
struct purged_late : purged<allot::bounded_traits> {
    static constexpr std::size_t keep_free_bytes = std::size_t{14} << 20;
};

/// Many large free chunks of one bin, none beside another and none purged.
class many_free_chunks {
public:
    static constexpr std::size_t count = 110;
    static constexpr std::size_t bytes = std::size_t{128} << 10;

    many_free_chunks() {
        wipe_pages();
        std::vector<void*> freed;
        for (std::size_t i = 0; i < count; ++i) {
            freed.push_back(heap.allocate(bytes));
            walls_.push_back(heap.allocate(100));
        }
        rest_ = heap.allocate(heap.stats().largest_free - heap.chunk_overhead);
        for (void* const payload : freed) heap.deallocate(payload);
        REQUIRE(purging_pages::purges == 0);
    }
    ~many_free_chunks() {
        heap.deallocate(rest_);
        for (void* const payload : walls_) heap.deallocate(payload);
    }

    allot::basic_heap<purged_late> heap;

private:
    std::vector<void*> walls_;
    void* rest_ = nullptr;
};

}  // namespace

TEST_CASE("purge: however many free chunks there are, none is left out") {
    many_free_chunks many;
    constexpr std::size_t in_all = many_free_chunks::count * (many_free_chunks::bytes - 8192);
    SECTION("when told to") {
        many.heap.coalesce();
        CHECK(purging_pages::purged_bytes > in_all);
    }
    SECTION("before what is spared: there is enough of that among the others") {
        auto& store = allot_test::core_of(many.heap).store();
        allot::detail::purge<std::remove_cvref_t<decltype(store.index())>> purging;
        std::size_t purged_bytes = 0;
        purging.run(store.index(), store.chunks(), 8 << 20, allot::detail::some_to_purge,
                    [&](std::size_t, std::size_t bytes) { purged_bytes += bytes; });
        CHECK(purged_bytes > 64 * (many_free_chunks::bytes - 8192));
    }
    SECTION("after a while") {
        for (int i = 0; i < 40; ++i) many.heap.deallocate(many.heap.allocate(many_free_chunks::bytes));
        CHECK(purging_pages::purged_bytes > in_all);
    }
}

TEST_CASE("purge: what is left of a chunk that was cut last is none that is kept") {
    wipe_pages();
    allot::basic_heap<purged<allot::bounded_traits>> heap;
    void* const large = heap.allocate(1 << 20);
    void* const wall = heap.allocate(100);
    heap.deallocate(large);
    void* const cut = heap.allocate(600);
    REQUIRE(cut == large);
    heap.coalesce();
    CHECK(purging_pages::purged_bytes > (15 << 20) + (1 << 19));  // the top, and the rest
    heap.deallocate(wall);
    heap.deallocate(cut);
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

    wipe_pages();
    allot::basic_heap<purged<allot::bounded_traits>> own;
    REQUIRE(own.add_region(purging_pages::memory, span_bytes) == allot::region_status::ok);
    void* const first = own.allocate(4 << 20);
    void* const second = own.allocate(100);
    own.deallocate(first);
    CHECK(purging_pages::purges == 0);
    own.deallocate(second);
}
