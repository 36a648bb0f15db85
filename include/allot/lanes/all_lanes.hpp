// The lanes of a locked heap and the heap behind them, all at once: for what must see everything.
//
//     uncontended  lock --> heap                                    exactly a guarded_heap
//     contended    lock | lane 0 ... lock | lane 7, lock | heap     what waits in lanes counts as cached
//     looks        a piece of the heap, again and again; a lane with the heap, one after another
//
// It is uncontended until `waits_until_contended` callers have found the lock held, and contended from then on. Locks are always taken in
// one order: lower lanes, higher lanes, the heap.
//
// Guarantees: as guarded_heap; O(lanes) more where it is contended.
#pragma once

#include <allot/lanes/guarded_heap.hpp>
#include <allot/lanes/lane_exchange.hpp>
#include <allot/lanes/lane_set.hpp>
#include <allot/lanes/lane_view.hpp>

#include <cstddef>

namespace allot::detail {

template <class Core, class Lock>
class all_lanes : public guarded_heap<Core, Lock> {
    using base = guarded_heap<Core, Lock>;

public:
    /// Where compact links must count from elsewhere to reach what is added, what waits in lanes has none.
    template <class Step>
    auto run_to_add(memory_span added, Step&& step) noexcept {
        if (!chunks_type::is_compact || !is_contended()) return base::run(step);
        return with_all([&](Core& inner) {
            if (is_beyond_links(inner.store(), added)) {
                spill_lanes();
                forget_regions();
            }
            return step(inner);
        });
    }

    /// Runs a step with nothing waiting in any lane: the last resort of a request. O(waiting chunks), nearly all of them moved with
    /// the lock of one lane held.
    template <class Step>
    ALLOT_COLD auto run_spilled(Step&& step) noexcept {
        if (!is_contended()) return base::run(step);
        spill_each_lane();
        return with_all([&](Core& inner) {
            spill_lanes();
            return step(inner);
        });
    }

    region_status remove_region(std::size_t from, std::size_t bytes) noexcept {
        if (!is_contended()) [[likely]]
            return base::remove_region(from, bytes);
        return with_all([&](Core& inner) {
            const region_status status = inner.remove_region(from, bytes);
            forget_regions();
            if (status != region_status::not_free || !region_edit<store_type>(inner.store()).is_an_end(from, bytes))
                return status;
            spill_lanes();
            forget_regions();
            return inner.remove_region(from, bytes);
        });
    }

    void coalesce_cached() noexcept {
        if (is_contended()) spill_each_lane();
        base::coalesce_cached();
    }

    [[nodiscard]] memory_span detach_due() noexcept {
        if (!is_contended()) return base::detach_due();
        return with_all([&](Core& inner) {
            forget_regions();
            return inner.detach_due();
        });
    }

    [[nodiscard]] memory_span detach_returnable(std::size_t from) noexcept {
        if (!is_contended()) return base::detach_returnable(from);
        return with_all([&](Core& inner) {
            forget_regions();
            return inner.detach_returnable(from);
        });
    }

    // --- around a fork -----------------------------------------------------------------------------------------------

    void lock_each() noexcept {
        lanes_.lock_each();
        base::lock_each();
    }
    void unlock_each() noexcept {
        base::unlock_each();
        lanes_.unlock_each();
    }
    void renew_each() noexcept {
        base::renew_each();
        lanes_.renew_each();
    }

    // --- looking inside: piece by piece, a lane at a time ------------------------------------------------------------

    [[nodiscard]] heap_stats stats() const noexcept {
        return with_all([&](const Core& inner) { return with_waiting(inner.stats()); });
    }

    [[nodiscard]] verify_result verify() const noexcept {
        const verify_result found = base::verify();
        bool are_lanes_sound = true;
        lanes_.for_each_held([&](const locked_lane& each) {
            base::run_look([&](const Core&, std::size_t) { are_lanes_sound &= view(each).is_sound(); });
        });
        return verdict_with(found, are_lanes_sound);
    }

    /// A heap and its lanes, held: what they say of all chunks at one moment.
    class stopped {
    public:
        explicit stopped(const all_lanes& whole) noexcept : whole_(whole) {}

        [[nodiscard]] heap_stats stats() const noexcept {
            heap_stats found = whole_.with_waiting(whole_.core().stats());
            const std::size_t merged = whole_.largest_free();  // less, if a bin has too many to look at
            if (merged > found.largest_free) found.largest_free = merged;
            return found;
        }
        [[nodiscard]] verify_result verify() const noexcept {
            return verdict_with(whole_.core().verify(), whole_.are_lanes_sound());
        }
        template <class Visit>
        void for_each_chunk(Visit&& visit) const {
            const revealed seen(whole_);
            whole_.core().for_each_chunk(visit);
        }

    private:
        const all_lanes& whole_;
    };

    template <class Step>
    decltype(auto) while_stopped(Step&& step) const {
        return with_all([&](const Core&) -> decltype(auto) { return step(stopped(*this)); });
    }

protected:
    using base::core;
    using base::lock;
    using typename base::store_type;
    using typename base::turn;
    using guard = lock_guard<Lock>;
    using chunks_type = typename Core::chunks_type;
    using lanes_type = lane_set<typename Core::traits_type, lane<store_type>, Lock>;
    using locked_lane = typename lanes_type::locked_lane;

    static constexpr unsigned waits_until_contended = 16;

    ALLOT_INLINE bool is_contended() const noexcept {
        return __atomic_load_n(&waits_, __ATOMIC_RELAXED) >= waits_until_contended;
    }

    /// True if a request that the heap cannot meet is worth spilling the lanes for: it can be met at all, and there is no source to be
    /// asked first. (Lanes that were emptied share their chunks' cache lines from then on.)
    static bool may_spill_for(request wanted) noexcept { return Core::span_for(wanted) != 0 && !Core::has_source; }

    ALLOT_COLD void note_wait() noexcept { __atomic_fetch_add(&waits_, 1U, __ATOMIC_RELAXED); }

    constexpr lanes_type& lanes() noexcept { return lanes_; }

    /// Runs a step with every lane and the heap held.
    template <class Step>
    auto with_all(Step&& step) noexcept {
        return lanes_.with_all([&] {
            const turn alone(*this);
            return step(core());
        });
    }
    template <class Step>
    decltype(auto) with_all(Step&& step) const {
        return lanes_.with_all([&]() -> decltype(auto) {
            const guard alone(lock());
            return step(core());
        });
    }

    lane_exchange<store_type> exchange(locked_lane& with) noexcept { return {core().store(), with.lane}; }
    lane_view<store_type> view(const locked_lane& of) const noexcept { return {core().store(), of.lane}; }

    /// Empties one lane after another. Others may put something into those that were emptied.
    void spill_each_lane() noexcept {
        lanes_.for_each_held([&](locked_lane& each) {
            const turn alone(*this);
            exchange(each).spill_all();
        });
    }

    /// Empties the lanes. Pre: they and the heap are held.
    void spill_lanes() noexcept {
        for (locked_lane& each : lanes_) exchange(each).spill_all();
    }

private:
    /// What waits in lanes reads as cached while this lives.
    class revealed {
    public:
        explicit revealed(const all_lanes& whole) noexcept : whole_(whole) {
            for (const locked_lane& each : whole_.lanes_) whole_.view(each).reveal();
        }
        ~revealed() {
            for (const locked_lane& each : whole_.lanes_) whole_.view(each).hide();
        }
        revealed(const revealed&) = delete;
        revealed& operator=(const revealed&) = delete;

    private:
        const all_lanes& whole_;
    };

    /// True if all links must count from elsewhere to reach a span.
    static bool is_beyond_links(store_type& store, memory_span span) noexcept {
        return region_edit<store_type>(store).is_beyond_links(store.chunks().memory().address_of(span.base),
                                                              span.bytes);
    }

    /// What waits in lanes is in use to the heap itself.
    heap_stats with_waiting(heap_stats of_heap) const noexcept {
        for (const locked_lane& each : lanes_) {
            of_heap.in_use_bytes -= each.lane.bytes();
            of_heap.cached_bytes += each.lane.bytes();
            of_heap.in_use_chunks -= each.lane.count();
        }
        return of_heap;
    }

    std::size_t largest_free() const noexcept {
        const revealed seen(*this);
        return largest_free_with(core().store(), [this](auto&& consider) {
            for (const locked_lane& each : lanes_)
                view(each).for_each([&](std::size_t chunk, std::size_t) { consider(chunk); });
        });
    }

    static verify_result verdict_with(const verify_result& of_heap, bool are_lanes_sound) noexcept {
        return of_heap && !are_lanes_sound ? verify_result{invariant::links, nullptr} : of_heap;
    }

    bool are_lanes_sound() const noexcept {
        for (const locked_lane& each : lanes_) {
            if (!view(each).is_sound()) return false;
        }
        return true;
    }

    void forget_regions() noexcept {
        for (locked_lane& each : lanes_) each.lane.forget_regions();
    }

    mutable lanes_type lanes_{};
    unsigned waits_ = 0;
};

}  // namespace allot::detail
