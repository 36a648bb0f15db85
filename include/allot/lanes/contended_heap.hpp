// A heap with lanes in front of its lock, for threads that would wait for each other.
//
//     quiet     thread A -------------------.
//               thread B --------------------+--> lock --> heap          exactly a guarded_heap
//     crowded   thread A --> lock | lane 0 --.
//               thread B --> lock | lane 3 ---+-> lock --> heap          small chunks mostly stop at a lane
//
// It is quiet until some callers have found the lock held, and crowded from then on (all_lanes.hpp). A lane that has none
// of a size asks the other lanes before the heap, and so does one that is full. Locks are always taken in one order: lower
// lanes, higher lanes, the heap; what must see everything holds them all.
// (Magazines before the depot of a slab: Bonwick and Adams, "Magazines and vmem", USENIX 2001.)
//
// Guarantees: as guarded_heap, but that a crowded one takes more than one lock where a lane does not do, that what waits in
// lanes counts as in use in the peak, and that it keeps a source's region until the heap shrinks. A request fails only when
// nothing waits in a lane. Calls stay O(1) but for what the heap itself does and O(lanes).
#pragma once

#include <allot/lanes/all_lanes.hpp>

#include <cstddef>
#include <type_traits>

namespace allot::detail {

template <class Heap, class Lock>
class contended_heap : public all_lanes<Heap, Lock> {
    using base = all_lanes<Heap, Lock>;
    using typename base::guard;
    using typename base::stop;
    using base::empty_lanes;
    using base::heap_;
    using base::is_contended;
    using base::lanes_;
    using base::lock_;
    using base::note_wait;
    using base::with_all;

public:
    // --- callers take and give ---------------------------------------------------------------------------------------

    ALLOT_INLINE void* try_allocate(std::size_t bytes, std::size_t alignment) noexcept {
        if (!enter()) [[unlikely]] return allocate_contended(bytes, alignment);
        const entered held(lock_);
        return heap_.try_allocate(bytes, alignment);
    }

    /// What waits in lanes is small, and zeroed as a whole.
    unzeroed take_unzeroed(std::size_t bytes, std::size_t alignment) noexcept {
        if (!is_contended()) return base::take_unzeroed(bytes, alignment);
        if (!is_for_lane(bytes, alignment)) {
            if (const unzeroed taken = base::take_unzeroed(bytes, alignment); taken.payload != nullptr) return taken;
        }
        return {try_allocate(bytes, alignment), bytes};
    }

    ALLOT_INLINE bool put_back(void* payload, std::size_t bytes) noexcept {
        if (!enter()) [[unlikely]] return put_back_contended(payload, bytes);
        const entered held(lock_);
        heap_.put_back(payload, bytes);
        return heap_.has_due();
    }

    relocation begin_reallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        if (!is_contended()) [[likely]] return base::begin_reallocate(payload, bytes, alignment);
        const relocation move = with_held(payload, [&] { return heap_.begin_reallocate(payload, bytes, alignment); });
        if (move.to != nullptr || Heap::span_for(bytes, alignment) == 0) return move;
        return with_all([&] {
            empty_lanes();
            return heap_.begin_reallocate(payload, bytes, alignment);
        });
    }

    [[nodiscard]] typename base::resized resize_in_place(void* payload, std::size_t bytes) noexcept {
        if (!is_contended()) return base::resize_in_place(payload, bytes);
        return with_held(payload, [&] { return base::resized_in_place(payload, bytes); });
    }

private:
    // --- quiet or crowded --------------------------------------------------------------------------------------------

    /// True if the caller needs no lane and no wait, and now holds the lock, or will by a plain lock().
    ALLOT_INLINE bool enter() noexcept {
        if (is_contended()) return false;
        if constexpr (tryable_lock<Lock>) return lock_.try_lock();
        else return !lock_.is_held();
    }
    using entered = std::conditional_t<tryable_lock<Lock>, held_guard<Lock>, guard>;

    // --- one lane ----------------------------------------------------------------------------------------------------

    [[gnu::noinline]] void* allocate_contended(std::size_t bytes, std::size_t alignment) noexcept {
        if (!is_contended()) return note_wait(), base::try_allocate(bytes, alignment);
        if (is_for_lane(bytes, alignment)) [[likely]] {
            if (void* const payload = take_waiting(lanes_.own(), bytes)) [[likely]] return payload;
        }
        return allocate_past_lane(bytes, alignment);
    }

    [[gnu::noinline]] bool put_back_contended(void* payload, std::size_t bytes) noexcept {
        if (!is_contended()) return note_wait(), base::put_back(payload, bytes);
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
        return own.lane.has_room() && Heap::knows(own.lane, payload) && Heap::put_waiting(own.lane, payload, bytes);
    }

    [[gnu::noinline]] void* allocate_past_lane(std::size_t bytes, std::size_t alignment) noexcept {
        void* const payload = is_for_lane(bytes, alignment) ? serve(lanes_.own(), bytes) : base::try_allocate(bytes, alignment);
        return payload != nullptr ? payload : allocate_from_all(bytes, alignment);
    }

    void* serve(stop& own, std::size_t bytes) noexcept {
        lanes_.trade(own, [&](stop& other) { return Heap::trade_for_chunks(own.lane, other.lane, bytes); });
        const guard alone(own.lock);
        if (void* const payload = Heap::take_waiting(own.lane, bytes)) return payload;
        return base::locked([&](Heap& inner) { return inner.serve(own.lane, bytes); });
    }

    [[gnu::noinline]] bool put_back_past_lane(void* payload, std::size_t bytes) noexcept {
        stop& own = lanes_.own();
        news found = make_room(own, payload);
        if (!put_waiting(own, payload, bytes)) {
            found = with_held(payload, [&] {
                heap_.put_back(payload, bytes);
                return news_of(heap_);
            });
        }
        return found.is_falling ? empty_for_fall() : found.has_due;
    }

    /// What a step of the heap has left to do.
    struct news {
        bool has_due = false;
        bool is_falling = false;
    };
    static news news_of(Heap& inner) noexcept { return {inner.has_due(), inner.tells_of_fall()}; }

    /// A heap that shrinks may have spans that only what waits in lanes still holds.
    ALLOT_COLD bool empty_for_fall() noexcept {
        return with_all([&] {
            empty_lanes();
            return heap_.has_due();
        });
    }

    /// Readies a lane for a payload that a caller claims to hold.
    news make_room(stop& own, const void* payload) noexcept {
        lanes_.trade(own, [&](stop& other) {
            return own.lane.has_room() || (Heap::knows(own.lane, payload) && Heap::trade_for_room(own.lane, other.lane, payload));
        });
        const guard alone(own.lock);
        if (Heap::knows(own.lane, payload) && own.lane.has_room()) return {};
        return base::locked([&](Heap& inner) {
            inner.show(own.lane, payload);
            inner.drain(own.lane);
            return news_of(inner);
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
                if (heap_.is_waiting_in(each.lane, payload)) Heap::report_double_free(payload);
            }
        });
        const guard held(lock_);
        return step();
    }

    ALLOT_COLD void* allocate_from_all(std::size_t bytes, std::size_t alignment) noexcept {
        if (Heap::span_for(bytes, alignment) == 0) return nullptr;
        return with_all([&] {
            empty_lanes();
            return heap_.try_allocate(bytes, alignment);
        });
    }
};

}  // namespace allot::detail
