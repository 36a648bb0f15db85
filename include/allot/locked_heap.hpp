// A heap that several threads, cores or interrupt handlers share: the verbs of the heap under a lock policy.
//
//     reallocate:   lock | find the place | unlock     copy      lock | give back the old place | unlock
//     allocate:     lock | take | unlock     source.acquire     lock | add the region, take | unlock
//
// Payloads are copied and zeroed, and the source is asked, with the lock dropped: the longest time it is held is one
// walk through the core. Meanwhile nothing is taken from others but what the caller will own and what is still being read. A
// span is the asker's until its request is met.
//
// Guarantees: constant-initialised if the lock is; every verb of basic_heap, `verify` and `stats` included, is safe
// to call at any time from whatever the lock keeps apart.
#pragma once

#include <allot/heap.hpp>
#include <allot/lanes/shared_heap.hpp>
#include <allot/policy/lock.hpp>
#include <allot/policy/spin_lock.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace allot {

namespace detail {

template <class Traits>
basic_heap<Traits>& basic_heap_in(basic_heap<Traits>& whole) noexcept;

/// The core of a `basic_heap`, or of a class that derives from one, for a heap that is shared.
template <class Heap>
using core_of = typename inside<
    std::remove_reference_t<decltype(basic_heap_in(std::declval<Heap&>()))>>::template core_over<walked_memory>;

}  // namespace detail

/// What a locked heap can hold: a `basic_heap`, or a class that derives from one in public; it has steps that others have not.
template <class Heap>
concept unlocked_heap = requires {
    typename detail::core_of<Heap>;
};

template <class Heap = heap, class Lock = spin_lock>
class locked_heap {
    using core_type = detail::core_of<Heap>;
    using verbs = detail::verbs;

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

    // --- regions -----------------------------------------------------------------------------------------------------

    /// Gives the heap the span [base, base + bytes). Any number of spans, in any order; neighbours merge.
    /// Effects, failure, complexity: as basic_heap::add_region; a contended heap with compact links holds its lanes too.
    [[nodiscard]] region_status add_region(void* base, std::size_t bytes) noexcept {
        return shared_.add_region(direct_memory::address_of(base), bytes);
    }

    /// Takes back a wholly free span, as basic_heap::remove_region.
    /// Effects, failure: as there; what waits in lanes is merged first if need be.
    /// Complexity: O(log regions), and O(cached and waiting chunks) where those are merged.
    [[nodiscard]] region_status remove_region(void* base, std::size_t bytes) noexcept {
        return shared_.remove_region(direct_memory::address_of(base), bytes);
    }

    // --- requests ----------------------------------------------------------------------------------------------------

    /// At least `bytes` bytes, aligned to `alignment` (a power of two) and to the granule.
    /// Effects: asks the source, with no lock held, if the request does not fit; small chunks may wait in lanes then.
    /// Failure: nullptr, only when neither the heap nor any lane has memory for it; cached chunks may have been coalesced.
    /// Complexity: as basic_heap::allocate, and O(lanes) where a lane has none at hand.
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if constexpr (core_type::has_source) shared_.enter_fork_list();
        std::size_t taken = shared_.take({bytes, alignment});
        if constexpr (core_type::has_source) {
            if (taken == detail::none) [[unlikely]]
                taken = verbs::take_from_source(shared_, {bytes, alignment});
        }
        return direct_memory::pointer_to(taken);
    }

    /// The same, but never asks the source.
    [[nodiscard]] void* try_allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if constexpr (core_type::has_source) shared_.enter_fork_list();
        return direct_memory::pointer_to(shared_.take_without_source({bytes, alignment}));
    }

    /// The same as `allocate`, with the first `bytes` bytes zero.
    /// Effects: zeroes with no lock held; what is zero already is not written.
    /// Failure: nullptr, as `allocate`.
    /// Complexity: O(bytes) more than `allocate`.
    [[nodiscard]] void* allocate_zeroed(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if constexpr (core_type::has_source) shared_.enter_fork_list();
        return direct_memory::pointer_to(verbs::allocate_zeroed(shared_, {bytes, alignment}));
    }

    /// Takes back what this heap handed out. Nothing for nullptr.
    /// Effects: may hand memory of the source back to it, with no lock held.
    /// Failure: a payload that this heap did not hand out goes to `Traits::on_corruption`, with the lock held.
    /// Complexity: as basic_heap::deallocate, and O(lanes) where a lane is full.
    void deallocate(void* payload) noexcept { deallocate(payload, 0); }

    /// The same for a caller who knows what was asked for. With hardening, a size that cannot be is a corruption.
    void deallocate(void* payload, std::size_t bytes, std::size_t /*alignment*/ = default_alignment) noexcept {
        if (payload == nullptr) return;
        if (shared_.put_back(direct_memory::address_of(payload), {bytes})) [[unlikely]]
            verbs::release_due(shared_);
    }

    /// The payload with room for `bytes`, its content kept up to the smaller size: in place, downward, or moved.
    /// `allocate` for nullptr.
    /// Effects: copies with no lock held; meanwhile the old and the new place are taken, and nothing else.
    /// Failure: nullptr; the old payload is as it was and still owned.
    /// Complexity: as basic_heap::reallocate.
    [[nodiscard]] void* reallocate(void* payload, std::size_t bytes,
                                   std::size_t alignment = default_alignment) noexcept {
        if (payload == nullptr) return allocate(bytes, alignment);
        return direct_memory::pointer_to(
            verbs::reallocate(shared_, direct_memory::address_of(payload), {bytes, alignment}));
    }

    /// Gives the payload room for `bytes` without moving it.
    /// Effects: may hand memory of the source back to it, with no lock held.
    /// Failure: false; nothing has changed.
    /// Complexity: O(1).
    [[nodiscard]] bool try_resize(void* payload, std::size_t bytes) noexcept {
        return verbs::try_resize(shared_, direct_memory::address_of(payload), {bytes});
    }

    /// The bytes that the owner of a payload may use. Takes no lock: that changes only by its owner's call. O(1).
    [[nodiscard]] static std::size_t usable_size(const void* payload) noexcept { return Heap::usable_size(payload); }

    // --- looking inside: others may use the heap meanwhile -----------------------------------------------------------

    /// The numbers, at one moment; what waits in lanes counts as cached.
    /// Failure: `largest_free` may be less than `try_allocate` could have, where what waits in lanes would have to merge for it.
    /// Complexity: O(cached chunks + lanes) with every lock held.
    [[nodiscard]] heap_stats stats() const noexcept { return shared_.stats(); }

    /// Looks for a broken invariant, 32 chunks at a time and then a lane at a time, with the lock let go of in between. Writes
    /// nothing, never faults. In a heap that nobody changes meanwhile it sees all that `basic_heap::verify` does. Else it looks at
    /// each chunk that stands all the time, with its neighbours and its list, but does not ask whether counters and lists add up.
    /// Complexity: O(chunks * log regions), O(1) memory; O(log regions) and O(waiting chunks of a lane) with the lock held.
    [[nodiscard]] verify_result verify() const noexcept { return shared_.verify(); }

    /// Calls `visit(chunk_info)` for every chunk in address order, region by region, 32 at a time and with no lock held: the visitor
    /// may use the heap, and what it is told may be old. A chunk that stands all the time is visited once, no byte twice; one that
    /// comes, goes or merges meanwhile may be left out. What waits in lanes is visited as in use.
    /// Complexity: O(chunks); O(log regions) with the lock held.
    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        shared_.for_each_chunk(visit);
    }

    /// Keeps everybody out while it calls `look` with something that has `stats`, `verify` and `for_each_chunk`, which tell of one
    /// moment and of all that waits in lanes, as `draw_heap_map` over it does. Returns what `look` returns, and lets go
    /// if it throws. Nothing that is called meanwhile may use the heap itself.
    /// Complexity: with every lock held, that of the look: as those of basic_heap, and O(waiting chunks).
    template <class Look>
    decltype(auto) while_stopped(Look&& look) const {
        return shared_.while_stopped([&](const auto& held) -> decltype(auto) {
            return look(stopped<std::remove_cvref_t<decltype(held)>>(held));
        });
    }

    /// Merges every cached chunk and all that waits in lanes, one lane at a time, hands back to the source all that can go back, and lets
    /// it purge the large free chunks that stay, with the lock held.
    /// Complexity: O(cached, waiting and large free chunks + regions * log regions), and the source.
    void coalesce() noexcept { verbs::coalesce(shared_); }

    // --- around a fork, for a lock of the user's own: the library's locks need none of it ---------------------------

    /// Takes every lock of the heap, for a handler that runs before fork(). Waits for who holds one; no other verb may be called
    /// by the same thread before `unlock_all` or `start_anew`. In a hosted program calls by one thread nest. O(lanes).
    void lock_all() noexcept { shared_.lock_all(); }

    /// Lets go of them, for the parent. O(lanes).
    void unlock_all() noexcept { shared_.unlock_all(); }

    /// The same for the child, where only the thread that called fork() is left: locks are free whoever waits for them, and
    /// nobody else asks the source. What other threads owned, or were moving, stays in use. O(lanes).
    void start_anew() noexcept { shared_.start_anew(); }

    /// The source itself; what it does is not under the lock.
    [[nodiscard]] constexpr source_type& source() noexcept { return shared_.source(); }

private:
    friend struct detail::inside<locked_heap>;

    /// What `while_stopped` shows.
    template <class Held>
    class stopped {
    public:
        static constexpr std::size_t default_alignment = locked_heap::default_alignment;

        explicit stopped(const Held& held) noexcept : held_(held) {}

        [[nodiscard]] heap_stats stats() const noexcept { return held_.stats(); }
        [[nodiscard]] verify_result verify() const noexcept { return held_.verify(); }
        template <class Visit>
        void for_each_chunk(Visit&& visit) const {
            held_.for_each_chunk(visit);
        }

    private:
        const Held& held_;
    };

    detail::shared_heap<core_type, Lock> shared_{};
};

namespace detail {

/// Says what a locked heap cannot be made of; true in any case.
template <class Heap, class Lock>
consteval bool say_no_locked_heap() noexcept {
    static_assert(unlocked_heap<Heap>,
                  "locked_heap: the heap must be an allot::basic_heap, or derive from one in public");
    static_assert(lockable<Lock>,
                  "locked_heap: the lock must have lock() and unlock(), or a lock() whose result unlock() takes");
    return true;
}

}  // namespace detail

/// What cannot be a locked heap: a sentence, and the verbs of another, so that nothing else complains.
template <class Heap, class Lock>
requires(!unlocked_heap<Heap> || !lockable<Lock>) class locked_heap<Heap, Lock> : public locked_heap<> {
    static_assert(detail::say_no_locked_heap<Heap, Lock>());
};

template <class Heap, class Lock>
struct detail::inside<locked_heap<Heap, Lock>> {
    using core_type = detail::core_of<Heap>;

    /// For diagnostics where the lock is held, as in a corruption hook.
    static constexpr const core_type& core_of(const locked_heap<Heap, Lock>& whole) noexcept {
        return whole.shared_.unguarded_core();
    }
};

}  // namespace allot
