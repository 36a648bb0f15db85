// A heap that several threads, cores or interrupt handlers share: the verbs of the heap under a lock policy.
//
//     reallocate:   lock | find the place | unlock     copy      lock | give back the old place | unlock
//     allocate:     lock | take | unlock     source.acquire     lock | add the region, take | unlock
//
// Payloads are copied and zeroed, and the source is asked, with the lock dropped: the longest time it is held is one
// walk through the core. Meanwhile nothing is taken from others but what the caller will own and what is still being read. A
// span is the asker's until its request is served. A source that calls back into the heap is told from threads that ask at the
// same time by the marks that askers leave on their stacks.
//
// Guarantees: constant-initialised if the lock is; every verb of basic_heap, `verify` and `stats` included, is safe
// to call at any time from anything the lock serves.
#pragma once

#include <allot/lanes/contended_heap.hpp>
#include <allot/policy/asker.hpp>
#include <allot/policy/fork_list.hpp>
#include <allot/policy/lock.hpp>
#include <allot/policy/spin_lock.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace allot {

namespace detail {

template <class Traits>
void deduce_basic_heap(const basic_heap<Traits>& heap) noexcept;

}  // namespace detail

/// What a locked heap can hold: a `basic_heap`, or a class that derives from one in public; it has steps that others have not.
template <class Heap>
concept unlocked_heap = requires(const Heap& heap) { detail::deduce_basic_heap(heap); };

template <class Heap = heap, class Lock = spin_lock>
class locked_heap {
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

    [[nodiscard]] region_status add_region(void* base, std::size_t bytes) noexcept {
        enter_fork_list();
        return heap_.locked_to_add({base, bytes}, [&](Heap& inner) { return inner.add_region(base, bytes); });
    }

    [[nodiscard]] region_status remove_region(void* base, std::size_t bytes) noexcept { return heap_.remove_region(base, bytes); }

    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        void* payload = try_allocate(bytes, alignment);
        if constexpr (has_source) {
            if (payload == nullptr) [[unlikely]] return allocate_from_source(bytes, alignment);
        }
        return payload;
    }

    [[nodiscard]] void* try_allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        return heap_.try_allocate(bytes, alignment);
    }

    [[nodiscard]] void* allocate_zeroed(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        if (bytes > max_request) return nullptr;
        detail::unzeroed taken = heap_.take_unzeroed(bytes, alignment);
        const auto take = [&](Heap& inner) { return inner.take_unzeroed(bytes, alignment); };
        if constexpr (has_source) {
            if (taken.payload == nullptr) taken = serve_from_source(bytes, alignment, take);
        }
        if (taken.payload != nullptr) detail::zero_payload(taken.payload, taken.bytes);
        return taken.payload;
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
        const auto begin = [&](Heap& inner) { return inner.begin_reallocate(payload, bytes, alignment); };
        if constexpr (has_source) {
            if (move.to == nullptr) move = serve_from_source(bytes, alignment, begin);
        }
        if (move.must_copy()) {
            __builtin_memmove(move.to, move.from, move.bytes);
            move.has_due = heap_.finish_reallocate(move, bytes);
        }
        release_after(move.has_due);
        return move.to;
    }

    [[nodiscard]] bool try_resize(void* payload, std::size_t bytes) noexcept {
        if (payload == nullptr) return false;
        const auto resized = heap_.resize_in_place(payload, bytes);
        release_after(resized.has_due);
        return resized.is_done;
    }

    /// Takes no lock: the size of a payload changes only by its owner's call.
    [[nodiscard]] static std::size_t usable_size(const void* payload) noexcept { return Heap::usable_size(payload); }

    [[nodiscard]] heap_stats stats() const noexcept { return heap_.stats(); }

    [[nodiscard]] verify_result verify() const noexcept { return heap_.verify(); }

    /// The visitor runs with the lock held: it must not use this heap.
    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        heap_.for_each_chunk(visit);
    }

    void coalesce() noexcept {
        heap_.coalesce();
        if constexpr (has_source) {
            const detail::errno_keeper keeper;
            std::size_t from = 0;
            for (memory_span span = heap_.detach_returnable(from); span.base != nullptr; span = heap_.detach_returnable(from)) {
                from = direct_memory::address_of(span.base);
                source().release(span);
            }
            heap_.locked([](Heap& inner) { inner.purge_free(); });
        }
    }

    // --- around a fork, for a lock of the user's own: the library's locks need none of it ---------------------------

    /// Takes every lock of the heap, for a handler that runs before fork(). Waits for who holds one; no other verb may be called
    /// by the same thread before `unlock_all` or `start_anew`. In a hosted program calls by one thread nest. O(lanes).
    void lock_all() noexcept {
        if (hold_.is_nested()) return;
        heap_.lock_all();
        hold_.begin();
    }

    /// Lets go of them, for the parent.
    void unlock_all() noexcept {
        if (!hold_.ends()) return;
        if (std::exchange(is_anew_, 0U) != 0) heap_.start_anew();
        else heap_.unlock_all();
    }

    /// The same for the child, where only the thread that called fork() is left: locks are free whoever waits for them, and
    /// nobody else asks the source. What other threads owned, or were moving, stays in use.
    void start_anew() noexcept {
        askers_.clear();
        is_anew_ = 1;
        unlock_all();
    }

    /// The source itself; what it does is not under the lock.
    [[nodiscard]] constexpr source_type& source() noexcept { return heap_.source(); }

private:
    static constexpr bool has_source = Heap::has_source;
    static constexpr bool has_lanes = Heap::lanes != 0 && observable_lock<Lock>;
    using heap_and_lock = std::conditional_t<has_lanes, detail::contended_heap<Heap, Lock>, detail::guarded_heap<Heap, Lock>>;

    ALLOT_COLD void* allocate_from_source(std::size_t bytes, std::size_t alignment) noexcept {
        return serve_from_source(bytes, alignment, [&](Heap& inner) { return inner.try_allocate(bytes, alignment); });
    }

    /// Asks the source, with the lock dropped, for a span in which the request is sure to fit, and serves it before anybody else
    /// can use the span, or give it back.
    template <class Serve>
    ALLOT_COLD auto serve_from_source(std::size_t bytes, std::size_t alignment, Serve&& serve) noexcept {
        using served = decltype(serve(std::declval<Heap&>()));
        const std::size_t wanted = Heap::span_for(bytes, alignment);
        if (wanted == 0) return served{};
        enter_fork_list();
        const memory_span span = ask(wanted);
        if (span.base == nullptr) return served{heap_.locked(serve)};  // others may have freed something meanwhile
        bool is_added = false;
        const served result = heap_.locked_to_add(span, [&](Heap& inner) {
            is_added = inner.add_span(span, wanted);
            return is_added ? serve(inner) : served{};
        });
        if (!is_added) source().release(span);
        return result;
    }

    memory_span ask(std::size_t wanted) noexcept {
        detail::asker mark{detail::stack_address()};
        const void* const home = heap_.locked([&](Heap& inner) {
            if (!askers_.add(mark, traits_type::least_stack_bytes)) inner.report_reentry();
            return inner.home();
        });
        const memory_span span = Heap::acquire_from(source(), wanted, home);
        heap_.locked([&](Heap&) { askers_.remove(mark); });
        return span;
    }

    /// Hands back to the source what is due, with the lock dropped.
    ALLOT_INLINE void release_after(bool has_due) noexcept {
        if constexpr (has_source) {
            if (has_due) [[unlikely]] release_due();
        }
    }

    ALLOT_COLD void release_due() noexcept {
        const detail::errno_keeper keeper;
        for (memory_span span = heap_.detach_due(); span.base != nullptr; span = heap_.detach_due()) {
            source().release(span);
        }
    }

    // --- around a fork -----------------------------------------------------------------------------------------------

    static constexpr bool survives_forks = ALLOT_FORKS != 0 && resettable_lock<Lock> && !std::is_same_v<Lock, null_lock>;

    struct no_fork_member {};
    using fork_member = std::conditional_t<survives_forks, detail::fork_member, no_fork_member>;

    void enter_fork_list() noexcept {
        if constexpr (survives_forks) {
            static constexpr detail::fork_member::actions actions{
                [](void* whole) { static_cast<locked_heap*>(whole)->lock_all(); },
                [](void* whole) { static_cast<locked_heap*>(whole)->unlock_all(); },
                [](void* whole) { static_cast<locked_heap*>(whole)->start_anew(); },
            };
            fork_member_.enter(this, actions);
        }
    }

    heap_and_lock heap_{};
    detail::asker_list askers_{};
    detail::whole_hold hold_{};
    unsigned is_anew_ = 0;  // not bool: a damaged one must still be a value
    [[no_unique_address]] fork_member fork_member_{};
};

namespace detail {

/// Says what a locked heap cannot be made of; true in any case.
template <class Heap, class Lock>
consteval bool say_no_locked_heap() noexcept {
    static_assert(unlocked_heap<Heap>, "locked_heap: the heap must be an allot::basic_heap, or derive from one in public");
    static_assert(lockable<Lock>,
                  "locked_heap: the lock must have lock() and unlock(), or a lock() whose result unlock() takes");
    return true;
}

}  // namespace detail

/// What cannot be a locked heap: a sentence, and the verbs of another, so that nothing else complains.
template <class Heap, class Lock>
    requires(!unlocked_heap<Heap> || !lockable<Lock>)
class locked_heap<Heap, Lock> : public locked_heap<> {
    static_assert(detail::say_no_locked_heap<Heap, Lock>());
};

}  // namespace allot
