#include <allot/source/fresh_memory.hpp>

#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/sizes.hpp"

#include <allot/locked_heap.hpp>

#include <cstring>
#include <vector>

#include <sys/mman.h>

namespace {

/// Gives pages that are zero, and says so.
struct zeroed_pages {
    static constexpr bool gives_zeroed = true;
    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        const std::size_t bytes = (min_bytes + 65535) / 65536 * 65536;
        void* const pages =
            mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        return pages == MAP_FAILED ? allot::memory_span{} : allot::memory_span{pages, bytes};
    }
    void release(allot::memory_span span) noexcept { munmap(span.base, span.bytes); }
};
/// The same pages, which parts come back of.
struct zeroed_parts : zeroed_pages {
    static constexpr std::size_t granularity = 4096;
};

template <class Base, class Source>
struct over : Base {
    using source = Source;
};

template <class Heap>
void live_zeroed(Heap& heap) {
    allot_test::random_numbers random(11);
    std::vector<std::pair<unsigned char*, std::size_t>> owned;
    for (int i = 0; i < 4000; ++i) {
        const std::size_t bytes = random.below(std::size_t{1} << random.below(18));
        auto* const payload =
            static_cast<unsigned char*>(heap.allocate_zeroed(bytes, std::size_t{1} << random.below(8)));
        REQUIRE(payload != nullptr);
        std::size_t dirty = 0;
        for (std::size_t at = 0; at < bytes; ++at) dirty += payload[at];
        REQUIRE(dirty == 0);
        std::memset(payload, 0xC3, Heap::usable_size(payload));
        owned.emplace_back(payload, bytes);
        while (owned.size() > 40 || (!owned.empty() && random.below(3) == 0)) {
            std::swap(owned[random.below(owned.size())], owned.back());
            heap.deallocate(owned.back().first);
            owned.pop_back();
        }
    }
    for (const auto& [payload, bytes] : owned) heap.deallocate(payload);
    CHECK(heap.verify());
    heap.coalesce();
    CHECK(heap.stats().regions == 0);
}

}  // namespace

TEMPLATE_TEST_CASE("fresh_memory: zeroed payloads are zero, whatever was there before", "",
                   (allot::basic_heap<over<allot::default_traits, zeroed_pages>>),
                   (allot::basic_heap<over<allot::bounded_traits, zeroed_parts>>),
                   (allot::basic_heap<over<allot::compact_traits, zeroed_parts>>),
                   (allot::locked_heap<allot::basic_heap<over<allot::default_traits, zeroed_parts>>>)) {
    TestType heap;
    live_zeroed(heap);
}

TEST_CASE("fresh_memory: what was never written is not even read") {
    struct counting : zeroed_pages {};
    allot::basic_heap<over<allot::default_traits, counting>> heap;
    constexpr std::size_t bytes = std::size_t{64} << 20;
    void* const payload = heap.allocate_zeroed(bytes);
    REQUIRE(payload != nullptr);
    std::vector<unsigned char> resident(bytes / 4096 + 1);
    auto* const page = reinterpret_cast<void*>((reinterpret_cast<std::uintptr_t>(payload) + 4095) / 4096 * 4096);
    REQUIRE(mincore(page, bytes - 8192, resident.data()) == 0);
    std::size_t touched = 0;
    for (std::size_t i = 0; i < bytes / 4096 - 2; ++i) touched += resident[i] & 1u;
    CHECK(touched == 0);
    heap.deallocate(payload);
}
