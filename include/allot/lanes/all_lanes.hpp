// The lanes of a locked heap and the heap behind them, all at once: for what must see everything.
//
//     quiet      lock --> heap                                    exactly a guarded_heap
//     crowded    lock | lane 0 ... lock | lane 7, lock | heap     what waits in lanes counts as cached
//
// It is quiet until `waits_until_contended` callers have found the lock held, and crowded from then on. Locks are always taken in
// one order: lower lanes, higher lanes, the heap.
//
// Guarantees: as guarded_heap; O(lanes) more where it is crowded.
#pragma once

#include <allot/lanes/guarded_heap.hpp>
#include <allot/lanes/lane_set.hpp>

#include <cstddef>

namespace allot::detail {

template <class Heap, class Lock>
class all_lanes : public guarded_heap<Heap, Lock> {
    using base = guarded_heap<Heap, Lock>;

protected:
    using typename base::guard;
    using base::heap_;
    using base::lock_;
    using stop = typename lane_set<Heap, Lock>::stop;

public:
    /// Where compact links must count from elsewhere to reach what is added, what waits in lanes has none.
    template <class Step>
    decltype(auto) locked_to_add(memory_span added, Step&& step) noexcept {
        const bool may_move_links = Heap::traits_type::links == links::compact;
        if (!may_move_links || !is_contended()) return base::locked(step);
        return with_all([&]() -> decltype(auto) {
            if (heap_.is_beyond_links(added)) empty_lanes();
            return step(heap_);
        });
    }

    region_status remove_region(void* from, std::size_t bytes) noexcept {
        if (!is_contended()) [[likely]] return base::remove_region(from, bytes);
        return with_all([&] {
            const region_status status = heap_.remove_region(from, bytes);
            forget_regions();
            if (status != region_status::not_free || !heap_.is_an_end(from, bytes)) return status;
            empty_lanes();
            forget_regions();
            return heap_.remove_region(from, bytes);
        });
    }

    void coalesce() noexcept {
        if (!is_contended()) return base::coalesce();
        with_all([&] {
            empty_lanes();
            heap_.coalesce_cached();
        });
    }

    [[nodiscard]] memory_span detach_due() noexcept {
        if (!is_contended()) return base::detach_due();
        return with_all([&] {
            forget_regions();
            return heap_.detach_due();
        });
    }

    [[nodiscard]] memory_span detach_returnable(std::size_t from) noexcept {
        if (!is_contended()) return base::detach_returnable(from);
        return with_all([&] {
            forget_regions();
            return heap_.detach_returnable(from);
        });
    }

    // --- around a fork -----------------------------------------------------------------------------------------------

    void lock_all() noexcept {
        lanes_.lock_all();
        base::lock_all();
    }
    void unlock_all() noexcept {
        base::unlock_all();
        lanes_.unlock_all();
    }
    void start_anew() noexcept {
        base::start_anew();
        lanes_.start_anew();
    }

    // --- looking inside ----------------------------------------------------------------------------------------------

    [[nodiscard]] heap_stats stats() const noexcept {
        if (!is_contended()) return base::stats();
        return with_all([&] {
            heap_stats found = heap_.stats();
            for (const stop& each : lanes_) {
                found.in_use_bytes -= each.lane.bytes();
                found.cached_bytes += each.lane.bytes();
                found.in_use_chunks -= each.lane.count();
            }
            found.largest_free = largest_free();
            return found;
        });
    }

    [[nodiscard]] verify_result verify() const noexcept {
        if (!is_contended()) return base::verify();
        return with_all([&] {
            const verify_result found = heap_.verify();
            return found && !are_lanes_sound() ? verify_result{invariant::links, nullptr} : found;
        });
    }

    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        if (!is_contended()) return base::for_each_chunk(visit);
        with_all([&] {
            const revealed seen(*this);
            heap_.for_each_chunk(visit);
        });
    }

protected:
    static constexpr unsigned waits_until_contended = 16;

    ALLOT_INLINE bool is_contended() const noexcept { return __atomic_load_n(&waits_, __ATOMIC_RELAXED) >= waits_until_contended; }

    ALLOT_COLD void note_wait() noexcept { __atomic_fetch_add(&waits_, 1U, __ATOMIC_RELAXED); }

    /// Runs a step with every lane and the heap held.
    template <class Step>
    decltype(auto) with_all(Step&& step) const {
        return lanes_.with_all([&]() -> decltype(auto) {
            const guard held(lock_);
            return step();
        });
    }

    void empty_lanes() noexcept {
        for (stop& each : lanes_) heap_.empty(each.lane);
    }

    lane_set<Heap, Lock> lanes_{};

private:
    /// What waits in lanes reads as cached while this lives.
    class revealed {
    public:
        explicit revealed(const all_lanes& whole) noexcept : whole_(whole) {
            for (const stop& each : whole_.lanes_) whole_.heap_.reveal(each.lane);
        }
        ~revealed() {
            for (const stop& each : whole_.lanes_) whole_.heap_.hide(each.lane);
        }
        revealed(const revealed&) = delete;
        revealed& operator=(const revealed&) = delete;

    private:
        const all_lanes& whole_;
    };

    std::size_t largest_free() const noexcept {
        const revealed seen(*this);
        return heap_.largest_free_with([this](auto&& consider) {
            for (const stop& each : lanes_) heap_.for_each_waiting(each.lane, [&](std::size_t chunk, std::size_t) { consider(chunk); });
        });
    }

    bool are_lanes_sound() const noexcept {
        for (const stop& each : lanes_) {
            if (!heap_.is_sound(each.lane)) return false;
        }
        return true;
    }

    void forget_regions() noexcept {
        for (stop& each : lanes_) each.lane.forget_region();
    }

    unsigned waits_ = 0;
};

}  // namespace allot::detail
