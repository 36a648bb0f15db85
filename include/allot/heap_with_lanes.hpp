// A heap with lanes in front of its lock, for threads that would wait for each other.
//
//     quiet     thread A -------------------.
//               thread B --------------------+--> lock --> heap          exactly a guarded_heap
//     crowded   thread A --> lock | lane 0 --.
//               thread B --> lock | lane 3 ---+-> lock --> heap          small chunks mostly stop at a lane
//
// It is quiet until `waits_until_crowded` callers have found the lock held, and crowded from then on. A lane that has none
// of a size asks the other lanes before the heap, and so does one that is full. Locks are always taken in one order: lower
// lanes, higher lanes, the heap; what must see everything holds them all.
// (Magazines before the depot of a slab: Bonwick and Adams, "Magazines and vmem", USENIX 2001.)
//
// Guarantees: as guarded_heap, but that a crowded one takes more than one lock where a lane does not do, that what waits in
// lanes counts as in use in the peak, and that it keeps a source's region until `coalesce`. A request fails only when
// nothing waits in a lane. Calls stay O(1) but for what the heap itself does and O(lanes).
#pragma once

#include <allot/guarded_heap.hpp>
#include <allot/lane_set.hpp>

#include <cstddef>
#include <type_traits>

namespace allot::detail {

template <class Heap, class Lock>
class heap_with_lanes : public guarded_heap<Heap, Lock> {
    using base = guarded_heap<Heap, Lock>;
    using typename base::guard;
    using base::heap_;
    using base::lock_;
    using stop = typename lane_set<Heap, Lock>::stop;

public:
    region_status remove_region(void* from, std::size_t bytes) noexcept {
        if (!is_crowded()) [[likely]] return base::remove_region(from, bytes);
        return with_all([&] {
            const region_status status = heap_.remove_region(from, bytes);
            forget_regions();
            if (status != region_status::not_free || !heap_.is_an_end(from, bytes)) return status;
            empty_lanes();
            forget_regions();
            return heap_.remove_region(from, bytes);
        });
    }

    // --- callers take and give ---------------------------------------------------------------------------------------

    ALLOT_INLINE void* try_allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (!enter()) [[unlikely]] return allocate_in_crowd(bytes, alignment);
        const entered held(lock_);
        return heap_.try_allocate(bytes, alignment);
    }

    ALLOT_INLINE bool put_back(void* payload, std::size_t bytes) noexcept {
        if (!enter()) [[unlikely]] return put_back_in_crowd(payload, bytes);
        const entered held(lock_);
        heap_.put_back(payload, bytes);
        return heap_.may_have_free_region();
    }

    relocation begin_reallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        if (!is_crowded()) [[likely]] return base::begin_reallocate(payload, bytes, alignment);
        const relocation move = with_held(payload, [&] { return heap_.begin_reallocate(payload, bytes, alignment); });
        if (move.to != nullptr || Heap::span_for(bytes, alignment) == 0) return move;
        return with_all([&] {
            empty_lanes();
            return heap_.begin_reallocate(payload, bytes, alignment);
        });
    }

    [[nodiscard]] bool try_resize(void* payload, std::size_t bytes) noexcept {
        if (payload == nullptr || !is_crowded()) return base::try_resize(payload, bytes);
        return with_held(payload, [&] { return heap_.try_resize(payload, bytes); });
    }

    bool coalesce() noexcept {
        if (!is_crowded()) return base::coalesce();
        return with_all([&] {
            empty_lanes();
            heap_.coalesce_cached();
            return heap_.may_have_free_region();
        });
    }

    [[nodiscard]] memory_span detach_free_region() noexcept {
        if (!is_crowded()) return base::detach_free_region();
        return with_all([&] {
            forget_regions();
            return heap_.detach_free_region();
        });
    }

    // --- looking inside ----------------------------------------------------------------------------------------------

    [[nodiscard]] heap_stats stats() const noexcept {
        if (!is_crowded()) return base::stats();
        return with_all([&] {
            heap_stats found = heap_.stats();
            for (const stop& each : lanes_) {
                found.in_use_bytes -= each.lane.bytes();
                found.cached_bytes += each.lane.bytes();
                found.in_use_chunks -= each.lane.count();
            }
            return found;
        });
    }

    [[nodiscard]] verify_result verify() const noexcept {
        if (!is_crowded()) return base::verify();
        return with_all([&] {
            const verify_result found = heap_.verify();
            return found && !are_lanes_sound() ? verify_result{invariant::links, nullptr} : found;
        });
    }

    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        if (!is_crowded()) return base::for_each_chunk(visit);
        with_all([&] {
            const revealed seen(*this);
            heap_.for_each_chunk(visit);
        });
    }

private:
    static constexpr unsigned waits_until_crowded = 16;

    /// What waits in lanes reads as cached while this lives.
    class revealed {
    public:
        explicit revealed(const heap_with_lanes& whole) noexcept : whole_(whole) {
            for (const stop& each : whole_.lanes_) whole_.heap_.reveal(each.lane);
        }
        ~revealed() {
            for (const stop& each : whole_.lanes_) whole_.heap_.hide(each.lane);
        }
        revealed(const revealed&) = delete;
        revealed& operator=(const revealed&) = delete;

    private:
        const heap_with_lanes& whole_;
    };

    // --- quiet or crowded --------------------------------------------------------------------------------------------

    ALLOT_INLINE bool is_crowded() const noexcept { return __atomic_load_n(&waits_, __ATOMIC_RELAXED) >= waits_until_crowded; }

    /// True if the caller needs no lane and no wait, and now holds the lock, or will by a plain lock().
    ALLOT_INLINE bool enter() noexcept {
        if (is_crowded()) return false;
        if constexpr (tryable_lock<Lock>) return lock_.try_lock();
        else return !lock_.is_held();
    }
    using entered = std::conditional_t<tryable_lock<Lock>, held_guard<Lock>, guard>;

    ALLOT_COLD void note_wait() noexcept { __atomic_fetch_add(&waits_, 1U, __ATOMIC_RELAXED); }

    // --- one lane ----------------------------------------------------------------------------------------------------

    [[gnu::noinline]] void* allocate_in_crowd(std::size_t bytes, std::size_t alignment) noexcept {
        if (!is_crowded()) return note_wait(), base::try_allocate(bytes, alignment);
        if (is_for_lane(bytes, alignment)) [[likely]] {
            if (void* const payload = take_waiting(lanes_.own(), bytes)) [[likely]] return payload;
        }
        return allocate_past_lane(bytes, alignment);
    }

    [[gnu::noinline]] bool put_back_in_crowd(void* payload, std::size_t bytes) noexcept {
        if (!is_crowded()) return note_wait(), base::put_back(payload, bytes);
        stop& own = lanes_.own();
        if (!put_waiting(own, payload, bytes)) [[unlikely]] return put_back_past_lane(payload, bytes);
        return false;
    }

    ALLOT_INLINE static bool is_for_lane(std::size_t bytes, std::size_t alignment) noexcept {
        return bytes <= Heap::largest_waiting_request && alignment == Heap::default_alignment;
    }

    ALLOT_INLINE static void* take_waiting(stop& own, std::size_t bytes) noexcept {
        const guard alone(own.lock);
        return Heap::take_waiting(own.lane, bytes);
    }

    /// False: the lane is full now, or the payload is for the heap, or it must be looked at there first.
    ALLOT_INLINE static bool put_waiting(stop& own, void* payload, std::size_t bytes) noexcept {
        const guard alone(own.lock);
        return own.lane.has_room() && Heap::is_near(own.lane, payload) && Heap::put_waiting(own.lane, payload, bytes);
    }

    [[gnu::noinline]] void* allocate_past_lane(std::size_t bytes, std::size_t alignment) noexcept {
        void* const payload = is_for_lane(bytes, alignment) ? serve(lanes_.own(), bytes) : base::try_allocate(bytes, alignment);
        return payload != nullptr ? payload : allocate_from_all(bytes, alignment);
    }

    void* serve(stop& own, std::size_t bytes) noexcept {
        lanes_.trade(own, [&](stop& other) { return Heap::trade_in(own.lane, other.lane, bytes); });
        const guard alone(own.lock);
        if (void* const payload = Heap::take_waiting(own.lane, bytes)) return payload;
        return base::locked([&](Heap& inner) { return inner.serve(own.lane, bytes); });
    }

    [[gnu::noinline]] bool put_back_past_lane(void* payload, std::size_t bytes) noexcept {
        stop& own = lanes_.own();
        make_room(own, payload);
        if (put_waiting(own, payload, bytes)) return false;
        return with_held(payload, [&] {
            heap_.put_back(payload, bytes);
            return heap_.may_have_free_region();
        });
    }

    /// Readies a lane for a payload that a caller claims to hold.
    void make_room(stop& own, const void* payload) noexcept {
        lanes_.trade(own, [&](stop& other) {
            return own.lane.has_room() || (Heap::is_near(own.lane, payload) && Heap::trade_away(own.lane, other.lane, payload));
        });
        const guard alone(own.lock);
        if (Heap::is_near(own.lane, payload) && own.lane.has_room()) return;
        base::locked([&](Heap& inner) {
            inner.show(own.lane, payload);
            inner.drain(own.lane);
        });
    }

    /// Runs a step of the heap on a payload that a caller claims to hold. That it waits in a lane instead is a crime.
    template <class Step>
    auto with_held(void* payload, Step&& step) noexcept {
        {
            const guard held(lock_);
            if (!heap_.is_marked(payload)) [[likely]] return step();
        }
        with_all([&] {
            for (const stop& each : lanes_) {
                if (heap_.is_waiting_in(each.lane, payload)) Heap::accuse_double_free(payload);
            }
        });
        const guard held(lock_);
        return step();
    }

    // --- all lanes, and the heap -------------------------------------------------------------------------------------

    /// Runs a step with every lane and the heap held.
    template <class Step>
    decltype(auto) with_all(Step&& step) const {
        return lanes_.with_all([&]() -> decltype(auto) {
            const guard held(lock_);
            return step();
        });
    }

    ALLOT_COLD void* allocate_from_all(std::size_t bytes, std::size_t alignment) noexcept {
        if (Heap::span_for(bytes, alignment) == 0) return nullptr;
        return with_all([&] {
            empty_lanes();
            return heap_.try_allocate(bytes, alignment);
        });
    }

    bool are_lanes_sound() const noexcept {
        for (const stop& each : lanes_) {
            if (!heap_.is_sound(each.lane)) return false;
        }
        return true;
    }

    void empty_lanes() noexcept {
        for (stop& each : lanes_) heap_.empty(each.lane);
    }

    void forget_regions() noexcept {
        for (stop& each : lanes_) each.lane.forget_region();
    }

    unsigned waits_ = 0;
    lane_set<Heap, Lock> lanes_{};
};

}  // namespace allot::detail
