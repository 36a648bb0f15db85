// A heap that several threads, cores or interrupt handlers share: the verbs of the heap under a lock policy.
//
//     reallocate:   lock | find the place | unlock     copy      lock | give back the old place | unlock
//     allocate:     lock | take | unlock     source.acquire     lock | add the region, take | unlock
//
// Payloads are copied and zeroed, and the source is asked, with the lock dropped: the longest time it is held is one
// walk through the core. A source that calls back into the heap cannot be told from another thread that asks at the
// same time, so askers are counted: more than `Traits::most_askers` at once are recursion.
//
// Guarantees: constant-initialised if the lock is; every verb of basic_heap, `verify` and `stats` included, is safe
// to call at any time from anything the lock serves.
#pragma once

#include <allot/heap_with_lanes.hpp>
#include <allot/policy/spin_lock.hpp>

#include <cstddef>
#include <type_traits>

namespace allot {

template <class Heap = heap, class Lock = spin_lock>
class locked_heap {
    static_assert(lockable<Lock>,
                  "locked_heap: the lock must have lock() and unlock(), or a lock() whose result unlock() takes");

public:
    using heap_type = Heap;
    using lock_type = Lock;
    using traits_type = typename Heap::traits_type;
    using source_type = typename Heap::source_type;

    static constexpr std::size_t default_alignment = Heap::default_alignment;
    static constexpr std::size_t chunk_overhead = Heap::chunk_overhead;
    static constexpr std::size_t min_chunk_size = Heap::min_chunk_size;
    static constexpr std::size_t max_request = Heap::max_request;

    constexpr locked_heap() noexcept = default;
    locked_heap(const locked_heap&) = delete;
    locked_heap& operator=(const locked_heap&) = delete;

    region_status add_region(void* base, std::size_t bytes) noexcept {
        return heap_.locked([&](Heap& inner) { return inner.add_region(base, bytes); });
    }

    region_status remove_region(void* base, std::size_t bytes) noexcept { return heap_.remove_region(base, bytes); }

    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        void* payload = try_allocate(bytes, alignment);
        if constexpr (has_source) {
            while (payload == nullptr && grow_for(bytes, alignment)) payload = try_allocate(bytes, alignment);
        }
        return payload;
    }

    [[nodiscard]] void* try_allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        return heap_.try_allocate(bytes, alignment);
    }

    [[nodiscard]] void* allocate_zeroed(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if (bytes > max_request) return nullptr;
        void* payload = allocate(bytes, alignment);
        if (payload != nullptr) __builtin_memset(payload, 0, bytes);
        return payload;
    }

    void deallocate(void* payload) noexcept {
        if (payload != nullptr) release_after(heap_.put_back(payload, 0));
    }

    void deallocate(void* payload, std::size_t bytes, std::size_t /*alignment*/ = default_alignment) noexcept {
        if (payload != nullptr) release_after(heap_.put_back(payload, bytes));
    }

    [[nodiscard]] void* reallocate(void* payload, std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if (payload == nullptr) return allocate(bytes, alignment);
        relocation move = heap_.begin_reallocate(payload, bytes, alignment);
        if constexpr (has_source) {
            while (move.to == nullptr && grow_for(bytes, alignment)) move = heap_.begin_reallocate(payload, bytes, alignment);
        }
        if (move.must_copy()) {
            __builtin_memmove(move.to, move.from, move.bytes);
            release_after(heap_.finish_reallocate(move, bytes));
        }
        return move.to;
    }

    [[nodiscard]] bool try_resize(void* payload, std::size_t bytes) noexcept { return heap_.try_resize(payload, bytes); }

    /// Takes no lock: the size of a payload changes only by its owner's call.
    [[nodiscard]] static std::size_t usable_size(const void* payload) noexcept { return Heap::usable_size(payload); }

    [[nodiscard]] heap_stats stats() const noexcept { return heap_.stats(); }

    [[nodiscard]] verify_result verify() const noexcept { return heap_.verify(); }

    /// The visitor runs with the lock held: it must not use this heap.
    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        heap_.for_each_chunk(visit);
    }

    void coalesce() noexcept { release_after(heap_.coalesce()); }

    /// The source itself; what it does is not under the lock.
    [[nodiscard]] constexpr source_type& source() noexcept { return heap_.source(); }

private:
    static constexpr bool has_source = Heap::has_source;
    static constexpr bool has_lanes = Heap::lanes != 0 && observable_lock<Lock>;
    using heap_and_lock = std::conditional_t<has_lanes, detail::heap_with_lanes<Heap, Lock>, detail::guarded_heap<Heap, Lock>>;

    /// Asks the source, with the lock dropped, for a region in which the request fits.
    ALLOT_COLD bool grow_for(std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t wanted = Heap::span_for(bytes, alignment);
        if (wanted == 0) return false;
        start_asking();
        const memory_span span = source().acquire(wanted);
        if (add_asked(span, wanted)) return true;
        if (span.base != nullptr) source().release(span);
        return false;
    }

    void start_asking() noexcept {
        heap_.locked([&](Heap& inner) {
            if (askers_ == traits_type::most_askers) inner.accuse_reentry();
            ++askers_;
        });
    }

    bool add_asked(memory_span span, std::size_t wanted) noexcept {
        return heap_.locked([&](Heap& inner) {
            --askers_;
            return inner.add_span(span, wanted);
        });
    }

    /// Hands regions that have become wholly free back to the source, with the lock dropped.
    ALLOT_INLINE void release_after(bool has_free_region) noexcept {
        if constexpr (has_source) {
            if (has_free_region) [[unlikely]] release_free_regions();
        }
    }

    ALLOT_COLD void release_free_regions() noexcept {
        for (memory_span span = heap_.detach_free_region(); span.base != nullptr; span = heap_.detach_free_region()) {
            source().release(span);
        }
    }

    heap_and_lock heap_{};
    unsigned askers_ = 0;
};

}  // namespace allot
