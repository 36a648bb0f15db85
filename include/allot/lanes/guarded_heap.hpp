// A heap core and its one lock: each step of a locked heap under the lock.
//
//     take:        lock | take | unlock          begin_reallocate:   lock | find the new place | unlock
//     put_back:    lock | put  | unlock          verify:             lock | look | unlock, lock | look | unlock, ...
//
// Guarantees: constant-initialised if the lock is; every step takes the lock once, but for walks over all chunks, which let go of
// it between pieces.
#pragma once

#include <allot/core/heap_core.hpp>
#include <allot/lanes/look.hpp>
#include <allot/policy/lock.hpp>

#include <cstddef>
#include <utility>

namespace allot::detail {

template <class Core, class Lock>
class guarded_heap {
public:
    using source_type = typename Core::source_type;
    static constexpr bool has_source = Core::has_source;
    static constexpr bool is_shared = true;
    static constexpr std::size_t max_request = Core::max_request;

    constexpr guarded_heap() noexcept = default;

    [[nodiscard]] constexpr source_type& source() noexcept { return core_.source(); }
    [[nodiscard]] constexpr auto& memory() noexcept { return core_.memory(); }
    static constexpr std::size_t span_for(request wanted) noexcept { return Core::span_for(wanted); }

    /// Runs a step of the core that moves no payload between callers and the heap.
    template <class Step>
    auto run(Step&& step) noexcept {
        const turn alone(*this);
        return step(core_);
    }

    /// The same with every free chunk in the heap itself.
    template <class Step>
    auto run_spilled(Step&& step) noexcept {
        return run(step);
    }

    /// The same for a step that adds memory: what it is given must be in reach of the heap's links.
    template <class Step>
    auto run_to_add(memory_span /*added*/, Step&& step) noexcept {
        return run(step);
    }

    region_status remove_region(std::size_t base, std::size_t bytes) noexcept {
        const turn alone(*this);
        return core_.remove_region(base, bytes);
    }

    // --- callers take and give ---------------------------------------------------------------------------------------

    ALLOT_INLINE std::size_t take(request wanted) noexcept {
        const turn alone(*this);
        return core_.take(wanted);
    }

    std::size_t take_without_source(request wanted) noexcept { return take(wanted); }

    unzeroed take_unzeroed(request wanted) noexcept {
        const turn alone(*this);
        return core_.take_unzeroed(wanted);
    }

    /// True if memory of the source is due to go back.
    ALLOT_INLINE bool put_back(std::size_t payload, payload_size owned) noexcept {
        const turn alone(*this);
        return core_.put_back(payload, owned);
    }

    relocation begin_reallocate(std::size_t payload, request wanted) noexcept {
        const turn alone(*this);
        return core_.begin_reallocate(payload, wanted);
    }

    bool finish_reallocate(const relocation& move, std::size_t bytes) noexcept {
        const turn alone(*this);
        core_.note(heap_verb::reallocate);  // others have had the lock meanwhile
        return core_.finish_reallocate(move, bytes);
    }

    [[nodiscard]] resized resize_in_place(std::size_t payload, payload_size wanted) noexcept {
        const turn alone(*this);
        return core_.resize_in_place(payload, wanted);
    }

    void coalesce_cached() noexcept {
        const turn alone(*this);
        core_.coalesce_cached();
    }

    [[nodiscard]] memory_span detach_due() noexcept {
        const turn alone(*this);
        return core_.detach_due();
    }

    [[nodiscard]] memory_span detach_returnable(std::size_t from) noexcept {
        const turn alone(*this);
        return core_.detach_returnable(from);
    }

    // --- around a fork -----------------------------------------------------------------------------------------------

    /// Whoever forks may be a thread that has no number yet, and gets none with locks held.
    void lock_each() noexcept { holder_.lock_as_guest(lock_); }
    void unlock_each() noexcept { holder_.unlock(lock_); }
    void renew_each() noexcept {
        if constexpr (resettable_lock<Lock>) lock_.reset();
        else unlock_each();
    }

    /// The threads that looked or asked are gone.
    void forget_looks() noexcept { core_.store().free().cursors().clear(); }

    // --- looking inside: piece by piece ------------------------------------------------------------------------------

    [[nodiscard]] heap_stats stats() const noexcept {
        const lock_guard<Lock> alone(lock_);
        return core_.stats();
    }

    [[nodiscard]] verify_result verify() const noexcept {
        verifier<store_type> looker(core_.store());
        look looking(*this, looker.place());
        while (looking.next([&](const Core&, bool has_changed) {
            if (has_changed) looker.allow_for_changes();
            std::size_t left = chunks_a_piece;
            while (left-- != 0 && looker.advance()) {
            }
            return looker.has_more();
        })) {
        }
        return looker.result();
    }

    /// The visitor runs without the lock.
    template <class Visit>
    void for_each_chunk(Visit&& visit) const {
        chunk_info found[chunks_a_piece];
        std::size_t count = 0;
        const auto keep = [&](const chunk_info& each) { found[count++] = each; };
        cursor place{};
        look looking(*this, place);
        for (bool has_more = true; has_more; count = 0) {
            has_more =
                looking.next([&](const Core& core, bool) { return core.visit_some(place, chunks_a_piece, keep); });
            for (std::size_t i = 0; i < count; ++i) visit(std::as_const(found[i]));
        }
    }

    /// Runs `step(core, turns)`, which changes nothing, under the lock.
    template <class Step>
    void run_look(Step&& step) const noexcept {
        const lock_guard<Lock> alone(lock_);
        step(core_, turns_);
    }

    /// Runs `step(core)`, which changes nothing, with all of the heap held: the core tells everything.
    template <class Step>
    decltype(auto) while_stopped(Step&& step) const {
        const lock_guard<Lock> alone(lock_);
        return step(core_);
    }

    /// For diagnostics that run where the lock is held already.
    constexpr const Core& unguarded_core() const noexcept { return core_; }

protected:
    using store_type = typename Core::store_type;

    /// Holds the lock for a step that may change the heap, and counts it.
    class [[nodiscard]] turn {
    public:
        explicit turn(guarded_heap& held) noexcept : alone_(held.lock_) { held.count_turn(); }

    private:
        lock_guard<Lock> alone_;
    };

    /// For whoever holds the lock in another way.
    ALLOT_INLINE void count_turn() noexcept { ++turns_; }

    constexpr const Core& core() const noexcept { return core_; }
    constexpr Core& core() noexcept { return core_; }
    constexpr Lock& lock() const noexcept { return lock_; }

private:
    Core core_{};
    mutable Lock lock_{};
    std::size_t turns_ = 0;  // of those who may have changed the heap
    [[no_unique_address]] lock_holder<Lock> holder_{};
};

}  // namespace allot::detail
