// Freeing leaves errno alone, whatever the source of the heap does to it: hardened_malloc 324, jemalloc 2906, libuv 837.
#include <allot/adapters/allocator.hpp>
#include <allot/adapters/malloc.hpp>
#include <allot/adapters/memory_resource.hpp>
#include <allot/adapters/new_delete.hpp>

#include "support/catch.hpp"
#include "support/contended.hpp"
#include "support/random.hpp"

#include <cerrno>
#include <vector>

namespace {

constexpr std::size_t span_bytes = std::size_t{256} << 10;
constexpr std::size_t span_count = 32;

// Spans whose coming and going changes errno, as it does where pages are mapped, unmapped and purged.
struct noisy_source {
    alignas(4096) static inline unsigned char memory[span_count * span_bytes];
    static inline bool is_given[span_count] = {};
    static inline std::size_t releases = 0;
    static inline std::size_t purges = 0;

    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        errno = EAGAIN;
        for (std::size_t i = 0; i < span_count && min_bytes <= span_bytes; ++i) {
            if (is_given[i]) continue;
            is_given[i] = true;
            return {memory + i * span_bytes, span_bytes};
        }
        return {};
    }
    void release(allot::memory_span span) noexcept {
        errno = EINVAL;
        ++releases;
        is_given[static_cast<std::size_t>(static_cast<unsigned char*>(span.base) - memory) / span_bytes] = false;
    }
    void purge(allot::memory_span) noexcept {
        errno = ENOMEM;
        ++purges;
    }
};

template <class Base>
struct noisy : Base {
    using source = noisy_source;
    static constexpr std::size_t keep_free_bytes = 0;
};

// Each way in which a program gives memory back.
template <class Heap>
void give_back(Heap& heap, std::size_t way, unsigned char* payload, std::size_t bytes) {
    if (way == 0) return heap.deallocate(payload);
    if (way == 1) return heap.deallocate(payload, bytes);
    if (way == 2) return allot::detail::delete_sized(heap, payload, bytes);
    if (way == 3) return allot::detail::c_free(heap, payload);
    if (way == 4) return allot::allocator<unsigned char, Heap>(heap).deallocate(payload, bytes);
    if (way == 5) return static_cast<void>(allot::detail::c_realloc(heap, payload, 0));
    allot::memory_resource(heap).deallocate(payload, bytes);
}

template <class Heap>
void live_without_errno(Heap& heap) {
    allot_test::random_numbers random(17);
    std::vector<std::pair<unsigned char*, std::size_t>> owned;
    noisy_source::releases = noisy_source::purges = 0;
    for (std::size_t i = 0; i < 6000; ++i) {
        const bool is_growing = i / 1000 % 2 == 0;
        if (owned.empty() || random.below(4) < (is_growing ? 3u : 1u)) {
            const std::size_t bytes = random.below(random.below(4) == 0 ? 100000 : 1000);
            if (void* const payload = heap.allocate(bytes))
                owned.emplace_back(static_cast<unsigned char*>(payload), bytes);
        } else {
            std::swap(owned[random.below(owned.size())], owned.back());
            errno = EDOM;
            give_back(heap, i % 7, owned.back().first, owned.back().second);
            REQUIRE(errno == EDOM);
            owned.pop_back();
        }
    }
    for (const auto& [payload, bytes] : owned) heap.deallocate(payload);
    CHECK(noisy_source::releases > 3);
    CHECK(heap.verify());
    heap.coalesce();
    CHECK(heap.stats().regions == 0);
}

}  // namespace

TEMPLATE_TEST_CASE("errno: every way to free leaves it alone", "", noisy<allot::default_traits>,
                   noisy<allot::bounded_traits>, noisy<allot::compact_traits>) {
    SECTION("a heap") {
        allot::basic_heap<TestType> heap;
        live_without_errno(heap);
        CHECK(noisy_source::purges > 0);
    }
    SECTION("a heap behind a lock") {
        allot::locked_heap<allot::basic_heap<TestType>> heap;
        live_without_errno(heap);
        CHECK(noisy_source::purges > 0);
    }
}

TEST_CASE("errno: the same with lanes that are in use") {
    allot_test::contended<noisy<allot::default_traits>> heap;
    live_without_errno(heap);
}

TEST_CASE("errno: posix_memalign leaves it alone, whether or not there is memory") {
    allot::locked_heap<allot::basic_heap<noisy<allot::default_traits>>> heap;
    for (const std::size_t bytes : {std::size_t{100}, std::size_t{100000}, span_bytes * 2}) {
        void* payload = nullptr;
        errno = EDOM;
        CHECK(allot::detail::c_posix_memalign(heap, &payload, 64, bytes) == (bytes > span_bytes ? ENOMEM : 0));
        allot::detail::c_free(heap, payload);
        CHECK(errno == EDOM);
    }
}
