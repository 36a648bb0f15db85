// A heap and its one lock: each step of a locked heap under a lock of its own.
//
//     try_allocate:   lock | take | unlock          begin_reallocate:   lock | find the place | unlock
//     put_back:       lock | put  | unlock          verify, stats:      lock | look | unlock
//
// Guarantees: constant-initialised if the lock is; every step takes the lock once.
#pragma once

#include <allot/heap.hpp>
#include <allot/policy/lock.hpp>

#include <cstddef>

namespace allot::detail {

template <class Heap, class Lock>
class guarded_heap {
public:
    constexpr guarded_heap() noexcept = default;

    [[nodiscard]] constexpr auto& source() noexcept { return heap_.source(); }

    /// Runs a step of the heap that moves no payload between callers and the heap.
    template <class Step>
    decltype(auto) locked(Step&& step) noexcept {
        const guard held(lock_);
        return step(heap_);
    }

    /// The same for a step that adds memory: what it is given must be in reach of the heap's links.
    template <class Step>
    decltype(auto) locked_to_add(memory_span /*added*/, Step&& step) noexcept {
        return locked(step);
    }

    region_status remove_region(void* base, std::size_t bytes) noexcept {
        const guard held(lock_);
        return heap_.remove_region(base, bytes);
    }

    // --- callers take and give ---------------------------------------------------------------------------------------

    ALLOT_INLINE void* try_allocate(std::size_t bytes, std::size_t alignment) noexcept {
        const guard held(lock_);
        return heap_.try_allocate(bytes, alignment);
    }

    unzeroed take_unzeroed(std::size_t bytes, std::size_t alignment) noexcept {
        const guard held(lock_);
        return heap_.take_unzeroed(bytes, alignment);
    }

    /// True if more of what the source gave lies free than is to be kept.
    ALLOT_INLINE bool put_back(void* payload, std::size_t bytes) noexcept {
        const guard held(lock_);
        heap_.put_back(payload, bytes);
        return heap_.has_due();
    }

    relocation begin_reallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        const guard held(lock_);
        return heap_.begin_reallocate(payload, bytes, alignment);
    }

    /// The same.
    bool finish_reallocate(const relocation& move, std::size_t bytes) noexcept {
        const guard held(lock_);
        heap_.finish_reallocate(move, bytes);
        return heap_.has_due();
    }

    /// What became of a `try_resize`; `has_due` as that of `put_back`.
    struct resized {
        bool is_done = false;
        bool has_due = false;
    };
    [[nodiscard]] resized resize_in_place(void* payload, std::size_t bytes) noexcept {
        const guard held(lock_);
        return resized_in_place(payload, bytes);
    }

    void coalesce() noexcept {
        const guard held(lock_);
        heap_.coalesce_cached();
    }

    [[nodiscard]] memory_span detach_due() noexcept {
        const guard held(lock_);
        return heap_.detach_due();
    }

    [[nodiscard]] memory_span detach_returnable(std::size_t from) noexcept {
        const guard held(lock_);
        return heap_.detach_returnable(from);
    }

    // --- around a fork -----------------------------------------------------------------------------------------------

    void lock_all() noexcept { holder_.lock(lock_); }
    void unlock_all() noexcept { holder_.unlock(lock_); }
    void start_anew() noexcept {
        if constexpr (resettable_lock<Lock>) lock_.reset();
        else unlock_all();
    }

    // --- looking inside ----------------------------------------------------------------------------------------------

    [[nodiscard]] heap_stats stats() const noexcept {
        const guard held(lock_);
        return heap_.stats();
    }

    [[nodiscard]] verify_result verify() const noexcept {
        const guard held(lock_);
        return heap_.verify();
    }

    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        const guard held(lock_);
        heap_.for_each_chunk(visit);
    }

protected:
    using guard = lock_guard<Lock>;

    /// Pre: the lock is held.
    resized resized_in_place(void* payload, std::size_t bytes) noexcept {
        const bool is_done = heap_.resize_in_place(payload, bytes);
        return {is_done, is_done && heap_.has_due()};
    }

    Heap heap_{};
    mutable Lock lock_{};
    [[no_unique_address]] lock_holder<Lock> holder_{};
};

}  // namespace allot::detail
