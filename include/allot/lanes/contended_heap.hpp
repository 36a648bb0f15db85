// A heap with lanes in front of its lock, for threads that would wait for each other.
//
//     uncontended   thread A -------------------.
//                   thread B --------------------+--> lock --> heap      exactly a guarded_heap
//     contended     thread A --> lock | lane 0 --.
//                   thread B --> lock | lane 3 ---+-> lock --> heap      small chunks mostly stop at a lane
//
// It is uncontended until some callers have found the lock held, and contended from then on (all_lanes.hpp). Lanes pass chunks on
// through the depot: who frees what another one allocated leaves a bundle there whenever it has one, and who has none takes it;
// only then is the heap asked. Locks are always taken in one order: lower lanes, higher lanes, the depot, the heap; what must see
// everything takes them all.
// (Magazines before the depot of a slab: Bonwick and Adams, "Magazines and vmem", USENIX 2001.)
//
// Guarantees: as guarded_heap, but that a contended one takes more than one lock where a lane does not do, that what waits in
// lanes counts as in use in the peak, and that it keeps a source's region until the heap shrinks. A request fails only when
// nothing waits in a lane. Calls stay O(1) but for what the heap itself does and O(lanes).
#pragma once

#include <allot/lanes/all_lanes.hpp>
#include <allot/lanes/depot_sizes.hpp>

#include <cstddef>
#include <type_traits>

namespace allot::detail {

template <class Core, class Lock>
class contended_heap : public all_lanes<Core, Lock> {
    using base = all_lanes<Core, Lock>;
    using typename base::guard;
    using typename base::turn;
    using typename base::locked_lane;
    using typename base::store_type;
    using requests = typename Core::requests;
    using chunks_type = typename Core::chunks_type;
    using lane_type = lane<store_type>;
    using base::exchange;
    using base::is_contended;
    using base::lanes;
    using base::with_all;

protected:
    using base::core;
    using base::lock;

public:
    // --- callers take and give ---------------------------------------------------------------------------------------

    ALLOT_INLINE std::size_t take(request wanted) noexcept {
        if (is_contended()) return take_contended(wanted);
        if (const cheap_guard alone(lock()); alone.is_holding()) [[likely]]
            return base::count_turn(), core().take(wanted);
        return take_slowly(wanted);
    }

    /// The same, for a caller who will not ask the source.
    std::size_t take_without_source(request wanted) noexcept {
        const std::size_t taken = take(wanted);
        if (!Core::has_source || taken != none || Core::span_for(wanted) == 0) return taken;
        return base::run_spilled([&](Core& inner) { return inner.take(wanted); });
    }

    /// What waits in lanes is small, and zeroed as a whole.
    unzeroed take_unzeroed(request wanted) noexcept {
        if (!is_contended()) return base::take_unzeroed(wanted);
        if (!is_for_lane(wanted)) {
            if (const unzeroed taken = base::take_unzeroed(wanted); taken.payload != none) return taken;
        }
        return {take(wanted), wanted.bytes};
    }

    ALLOT_INLINE bool put_back(std::size_t payload, payload_size owned) noexcept {
        if (is_contended()) return put_back_contended(payload, owned);
        if (const cheap_guard alone(lock()); alone.is_holding()) [[likely]]
            return base::count_turn(), core().put_back(payload, owned);
        return put_back_slowly(payload, owned);
    }

    relocation begin_reallocate(std::size_t payload, request wanted) noexcept {
        if (!is_contended()) [[likely]]
            return base::begin_reallocate(payload, wanted);
        const relocation move =
            with_owned(payload, heap_verb::reallocate, [&] { return core().begin_reallocate(payload, wanted); });
        if (move.to != none || !base::may_spill_for(wanted)) return move;
        return base::run_spilled([&](Core& inner) { return inner.begin_reallocate(payload, wanted); });
    }

    [[nodiscard]] resized resize_in_place(std::size_t payload, payload_size wanted) noexcept {
        if (!is_contended()) return base::resize_in_place(payload, wanted);
        return with_owned(payload, heap_verb::try_resize, [&] { return core().resize_in_place(payload, wanted); });
    }

private:
    /// For the short way of a call while nobody waits.
    using cheap_guard = std::conditional_t<enterable_lock<Lock>, quick_guard<Lock>, try_guard<Lock>>;

    // --- one lane ----------------------------------------------------------------------------------------------------

    // The short ways make no call: what needs one is for the long ones, which begin anew.

    ALLOT_APART std::size_t take_contended(request wanted) noexcept {
        if (is_for_lane(wanted)) [[likely]] {
            locked_lane& own = lanes().own_if_known();
            const quick_guard<Lock> alone(own.lock);
            if (alone.is_holding()) [[likely]] {
                const std::size_t chunk = own.lane.take_known(requests::chunk_size_for(wanted.bytes));
                if (chunk != none) [[likely]]
                    return chunks_type::payload_of(chunk);
            }
        }
        return take_slowly(wanted);
    }

    ALLOT_APART bool put_back_contended(std::size_t payload, payload_size owned) noexcept {
        const std::size_t chunk = chunks_type::chunk_of(payload);
        {
            locked_lane& own = lanes().own_if_known();
            const quick_guard<Lock> alone(own.lock);
            const bool is_ready = alone.is_holding() && own.lane.has_room() && own.lane.is_in_hot(chunk);
            if (is_ready && own.lane.put_in_bundle(chunk, owned)) [[likely]]
                return false;
        }
        return put_back_slowly(payload, owned);
    }

    ALLOT_APART std::size_t take_slowly(request wanted) noexcept {
        if (!is_contended()) return run_uncontended([&](Core& inner) { return inner.take(wanted); });
        if (is_for_lane(wanted)) {
            const std::size_t chunk = take_waiting(lanes().own(), requests::chunk_size_for(wanted.bytes));
            if (chunk != none) return chunks_type::payload_of(chunk);
        }
        return take_past_lane(wanted);
    }

    ALLOT_APART bool put_back_slowly(std::size_t payload, payload_size owned) noexcept {
        if (!is_contended()) return run_uncontended([&](Core& inner) { return inner.put_back(payload, owned); });
        const std::size_t chunk = chunks_type::chunk_of(payload);
        if (put_waiting(lanes().own(), chunk, [&](auto& lane) { return lane.put_in_bundle(chunk, owned); }))
            return false;
        return put_back_past_lane(payload, owned);
    }

    /// Runs a step of the heap, and counts it as a wait if somebody else holds the lock. A lock that has no cheap way was tried.
    template <class Step>
    auto run_uncontended(Step&& step) noexcept {
        if constexpr (enterable_lock<Lock>) {
            const try_guard<Lock> alone(lock());
            if (alone.is_holding()) return base::count_turn(), step(core());
        }
        base::note_wait();
        return base::run(step);
    }

    ALLOT_INLINE static bool is_for_lane(request wanted) noexcept {
        return wanted.bytes <= lane_type::largest_request && wanted.alignment == Core::granule;
    }

    static std::size_t take_waiting(locked_lane& own, std::size_t size) noexcept {
        const guard alone(own.lock);
        return own.lane.take(size);
    }

    /// Puts a chunk into a lane by one of its verbs. False: that said so, the lane is full now, or it does not know the region.
    template <class Put>
    static bool put_waiting(locked_lane& own, std::size_t chunk, Put&& put) noexcept {
        const guard alone(own.lock);
        return own.lane.has_room() && own.lane.knows(chunk) && put(own.lane);
    }

    ALLOT_APART std::size_t take_past_lane(request wanted) noexcept {
        const std::size_t payload =
            is_for_lane(wanted) ? take_refilled(lanes().own(), wanted.bytes) : base::take(wanted);
        if (payload != none || !base::may_spill_for(wanted)) return payload;
        return base::run_spilled([&](Core& inner) { return inner.take(wanted); });
    }

    std::size_t take_refilled(locked_lane& own, std::size_t bytes) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        fetch(own, size);
        const guard alone(own.lock);
        std::size_t chunk = own.lane.take(size);
        if (chunk == none)
            chunk = base::run([&](Core& inner) {
                inner.note(heap_verb::allocate);
                return exchange(own).refill(size);
            });
        return chunk == none ? none : chunks_type::payload_of(chunk);
    }

    ALLOT_APART bool put_back_past_lane(std::size_t payload, payload_size owned) noexcept {
        const std::size_t chunk = chunks_type::chunk_of(payload);
        locked_lane& own = lanes().own();
        news found = make_room(own, payload);
        if (!put_waiting(own, chunk, [&](auto& lane) { return lane.put(chunk, owned); })) {
            found = with_owned(payload, heap_verb::deallocate, [&] {
                core().put_back(payload, owned);
                return news_of(core());
            });
        }
        return found.is_falling ? spill_for_fall() : found.has_due;
    }

    // --- what lanes pass on to each other ----------------------------------------------------------------------------

    /// Gets chunks of a size from the depot.
    void fetch(locked_lane& own, std::size_t size) noexcept {
        if (in_depot_.may_be(size)) at_depot(own, size, &lane_type::swap_for_chunks);
    }

    /// Leaves a bundle of chunks like this one in the depot, if there is none like it.
    void leave(locked_lane& own, std::size_t chunk) noexcept {
        const std::size_t size = size_to_leave(own, chunk);
        if (size != 0 && !in_depot_.may_be(size)) at_depot(own, size, &lane_type::leave_bundle);
    }

    /// Has the own lane exchange chunks of a size with the depot, and notes what is there then.
    void at_depot(locked_lane& own, std::size_t size, bool (lane_type::*pass_on)(lane_type&, std::size_t)) noexcept {
        lanes().with_depot(own, [&](locked_lane& depot) {
            (own.lane.*pass_on)(depot.lane, size);
            in_depot_.note(size, depot.lane.count_of(size) != 0);
        });
    }

    static std::size_t size_to_leave(locked_lane& own, std::size_t chunk) noexcept {
        const guard alone(own.lock);
        return own.lane.has_room() && own.lane.knows(chunk) ? own.lane.cacheable_size_of(chunk) : 0;
    }

    /// What a step of the heap has left to do.
    struct news {
        bool has_due = false;
        bool is_falling = false;
    };
    static news news_of(Core& inner) noexcept { return {inner.has_due(), inner.store().tells_of_fall()}; }

    /// A heap that shrinks may have spans that only what waits in lanes still keeps.
    ALLOT_COLD bool spill_for_fall() noexcept {
        return with_all([&](Core& inner) {
            base::spill_lanes();
            return inner.has_due();
        });
    }

    /// Readies a lane for a payload that a caller claims to own.
    news make_room(locked_lane& own, std::size_t payload) noexcept {
        const std::size_t chunk = chunks_type::chunk_of(payload);
        leave(own, chunk);
        const guard alone(own.lock);
        if (own.lane.knows(chunk) && own.lane.has_room()) return {};
        return base::run([&](Core& inner) {
            inner.note(heap_verb::deallocate);
            exchange(own).learn_region_of(payload);
            exchange(own).spill();
            return news_of(inner);
        });
    }

    /// Runs a step of the heap on a payload that a caller claims to own. That it waits in a lane instead is a corruption.
    template <class Step>
    auto with_owned(std::size_t payload, heap_verb verb, Step&& step) noexcept {
        {
            const turn alone(*this);
            core().note(verb);
            store_type& store = core().store();
            if (!store.chunks().is_marked_waiting(store.owned_chunk_of(payload))) [[likely]]
                return step();
        }
        with_all([&](Core& inner) {
            inner.note(verb);
            must_not_wait(payload);
        });
        const turn alone(*this);
        return step();
    }

    void must_not_wait(std::size_t payload) noexcept {
        for (const locked_lane& each : lanes()) {
            if (base::view(each).has(payload)) core().report_corruption({corruption_kind::double_free, payload});
        }
    }

    depot_sizes<store_type> in_depot_{};
};

}  // namespace allot::detail
