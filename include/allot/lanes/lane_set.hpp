// The lanes of a locked heap, each with a lock: which one a caller uses, and how more than one is held.
//
//     hint -> place -> lane           thread A -> 0,  thread B -> 1,  thread C -> 2 ...   dealt out in turn
//     held by another thread?         the next lane that nobody is in
//
// Locks are taken in the order of the lanes, so that nobody waits in a circle.
//
// Guarantees: constant-initialised if the lock is; finding a lane takes no lock and no system call.
#pragma once

#include <allot/base/bits.hpp>
#include <allot/base/config.hpp>
#include <allot/policy/lock.hpp>

#include <cstddef>
#include <cstdint>

namespace allot::detail {

template <class Heap, class Lock>
class lane_set {
    using guard = lock_guard<Lock>;

public:
    /// A lane and its lock, on cache lines of their own.
    struct alignas(cache_line_bytes) stop {
        mutable Lock lock{};
        [[no_unique_address]] lock_holder<Lock> holder{};
        typename Heap::lane_type lane{};
    };

    stop* begin() noexcept { return stops_; }
    stop* end() noexcept { return stops_ + lanes; }
    const stop* begin() const noexcept { return stops_; }
    const stop* end() const noexcept { return stops_ + lanes; }

    /// The lane of the calling thread; while another thread is in that, the next one that nobody is in, if there is one.
    ALLOT_INLINE stop& own() noexcept {
        stop& mine = stops_[own_lane()];
        return mine.lock.is_held() ? free_one() : mine;
    }

    /// Offers a step the other lanes, one at a time and together with the own one, until it is true for one. A lane that
    /// is held is left out.
    template <class Step>
    void trade(stop& own, Step&& step) noexcept {
        for (stop& other : stops_) {
            if (&other == &own || other.lock.is_held()) continue;
            const guard first((&other < &own ? other : own).lock);
            const guard second((&other < &own ? own : other).lock);
            if (step(other)) return;
        }
    }

    /// Runs a step with every lane held.
    template <class Step, std::size_t Held = 0>
    ALLOT_COLD decltype(auto) with_all(Step&& step) const {
        const guard alone(stops_[Held].lock);
        if constexpr (Held + 1 == lanes) return step();
        else return with_all<Step, Held + 1>(static_cast<Step&&>(step));
    }

    // --- around a fork -----------------------------------------------------------------------------------------------

    void lock_all() noexcept {
        for (stop& each : stops_) each.holder.lock(each.lock);
    }
    void unlock_all() noexcept {
        for (std::size_t i = lanes; i-- != 0;) stops_[i].holder.unlock(stops_[i].lock);
    }
    void start_anew() noexcept {
        if constexpr (resettable_lock<Lock>) {
            for (stop& each : stops_) each.lock.reset();
        } else {
            unlock_all();
        }
    }

private:
    static constexpr unsigned hint_bits = 8;
    static constexpr std::size_t lanes = Heap::lanes;

    ALLOT_COLD stop& free_one() noexcept {
        const std::size_t mine = own_lane();
        for (std::size_t i = 1; i < lanes; ++i) {
            stop& other = stops_[(mine + i) % lanes];
            if (!other.lock.is_held()) return other;
        }
        return stops_[mine];
    }

    /// Lanes are dealt out in turn to hints as they are first seen, so that threads share one only when there are more of
    /// them than lanes, or when two hints fall on one place. (Fibonacci hashing: Knuth, TAOCP 3, 6.4.)
    ALLOT_INLINE std::size_t own_lane() noexcept {
        constexpr auto golden = static_cast<std::size_t>(0x9E37'79B9'7F4A'7C15u >> (64 - word_bits)) | 1;
        const std::size_t place = (Heap::traits_type::lane_hint() * golden) >> (word_bits - hint_bits);
        const std::uint8_t dealt = __atomic_load_n(&lane_after_[place], __ATOMIC_RELAXED);
        return dealt != 0 ? std::size_t{dealt} - 1 : deal_lane(place);
    }

    ALLOT_COLD std::size_t deal_lane(std::size_t place) noexcept {
        const std::size_t lane = __atomic_fetch_add(&dealt_, 1U, __ATOMIC_RELAXED) % lanes;
        __atomic_store_n(&lane_after_[place], static_cast<std::uint8_t>(lane + 1), __ATOMIC_RELAXED);
        return lane;
    }

    unsigned dealt_ = 0;
    std::uint8_t lane_after_[std::size_t{1} << hint_bits] = {};  // the lane of a hint, plus one; 0: none yet
    stop stops_[lanes] = {};
};

}  // namespace allot::detail
