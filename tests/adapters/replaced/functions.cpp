// The one translation unit that replaces malloc and its family.
#include "functions.hpp"

#include <allot/adapters/malloc.hpp>
#include <allot/locked_heap.hpp>

namespace {

// All the memory there is, handed over at the first request: the heap must work before any constructor has run.
struct one_region_source {
    static constexpr std::size_t bytes = std::size_t{64} << 20;
    alignas(4096) static inline unsigned char memory[bytes];
    static inline constinit bool given = false;

    static allot::memory_span acquire(std::size_t min_bytes) noexcept {
        if (min_bytes > bytes || __atomic_exchange_n(&given, true, __ATOMIC_ACQ_REL)) return {};
        return {memory, bytes};
    }

    static void release(allot::memory_span) noexcept { __atomic_store_n(&given, false, __ATOMIC_RELEASE); }
};

struct global_traits : allot::default_traits {
    using source = one_region_source;
};

constinit allot::locked_heap<allot::basic_heap<global_traits>> global_heap;

}  // namespace

ALLOT_REPLACE_MALLOC(global_heap)

bool came_from_the_heap(const void* payload) {
    const auto* const byte = static_cast<const unsigned char*>(payload);
    return byte >= one_region_source::memory && byte < one_region_source::memory + one_region_source::bytes;
}

bool global_heap_is_sound() { return static_cast<bool>(global_heap.verify()); }
