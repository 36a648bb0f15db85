// The lanes of a locked heap, each with a lock: which one a caller uses, and how more than one is held.
//
//     hint -> slot -> lane            thread A -> 0,  thread B -> 1,  thread C -> 2 ...   dealt out in turn
//     held by another thread?         the next lane that nobody is in
//     a lock that leans to a caller   the lane of the caller's number: its owner passes cheaply, all others are its guests
//
// There is one lane more, the depot, in which nobody works: lanes leave chunks for each other there.
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

/// `Traits` say how many lanes there are, and which one a caller uses.
template <class Traits, class Lane, class Lock>
class lane_set {
    using guard = lock_guard<Lock>;

public:
    /// A lane and its lock, on cache lines of their own.
    struct alignas(cache_line_bytes) locked_lane {
        mutable Lock lock{};
        [[no_unique_address]] lock_holder<Lock> holder{};
        Lane lane{};
    };

    locked_lane* begin() noexcept { return lanes_; }
    locked_lane* end() noexcept { return lanes_ + count; }
    const locked_lane* begin() const noexcept { return lanes_; }
    const locked_lane* end() const noexcept { return lanes_ + count; }

    /// The lane of the calling thread. Without owners, while another thread is in that, the next one that nobody is in, if
    /// there is one.
    ALLOT_INLINE locked_lane& own() noexcept {
        if constexpr (has_owners) return lanes_[(Lock::caller() - 1) % lanes];
        locked_lane& mine = lanes_[own_lane()];
        return mine.lock.is_held() ? free_one() : mine;
    }

    /// The same, if the caller's number is known without a call; else any. Who can try its lock is given it even if it is held.
    ALLOT_INLINE locked_lane& own_if_known() noexcept {
        if constexpr (enterable_lock<Lock>) return *computed_once(&lanes_[(Lock::known_caller() - 1) % lanes]);
        else if constexpr (tryable_lock<Lock> && !has_owners) return lanes_[own_lane()];
        else return own();
    }

    /// Runs a step on the depot, together with the own lane.
    template <class Step>
    void with_depot(locked_lane& own, Step&& step) noexcept {
        const guard first(own.lock);
        const one_held second(lanes_[lanes]);
        step(lanes_[lanes]);
    }

    /// Runs a step with every lane held.
    template <class Step>
    ALLOT_COLD decltype(auto) with_all(Step&& step) {
        number_caller<Lock>();
        const all_held alone(*this);
        return step();
    }

    /// Runs a step on each lane, held.
    template <class Step>
    ALLOT_COLD void for_each_held(Step&& step) noexcept {
        number_caller<Lock>();
        for (locked_lane& each : lanes_) {
            const one_held alone(each);
            step(each);
        }
    }

    // --- around a fork -----------------------------------------------------------------------------------------------

    void lock_each() noexcept {
        for (locked_lane& each : lanes_) hold(each);
    }
    void unlock_each() noexcept {
        for (std::size_t i = count; i-- != 0;) let_go(lanes_[i]);
    }
    void renew_each() noexcept {
        if constexpr (resettable_lock<Lock>) {
            for (locked_lane& each : lanes_) each.lock.reset();
        } else {
            unlock_each();
        }
    }

private:
    /// Holds a lane from its construction to the end of its scope.
    class [[nodiscard]] one_held {
    public:
        explicit one_held(locked_lane& lane) noexcept : lane_(lane) { hold(lane_); }
        ~one_held() { let_go(lane_); }
        one_held(const one_held&) = delete;
        one_held& operator=(const one_held&) = delete;

    private:
        locked_lane& lane_;
    };

    /// Holds every lane from its construction to the end of its scope.
    class [[nodiscard]] all_held {
    public:
        explicit all_held(lane_set& set) noexcept : set_(set) { set_.lock_each(); }
        ~all_held() { set_.unlock_each(); }
        all_held(const all_held&) = delete;
        all_held& operator=(const all_held&) = delete;

    private:
        lane_set& set_;
    };

    /// A lane belongs to the caller with its number, and who has a number beyond them shares one.
    static constexpr bool has_owners = leaning_lock<Lock>;
    static constexpr unsigned hint_bits = 8;
    static constexpr std::size_t lanes = Traits::lanes;
    static constexpr std::size_t count = lanes + 1;  // the last one is the depot

    static void hold(locked_lane& lane) noexcept { lane.holder.lock_as_guest(lane.lock); }
    static void let_go(locked_lane& lane) noexcept { lane.holder.unlock(lane.lock); }

    ALLOT_COLD locked_lane& free_one() noexcept {
        const std::size_t mine = own_lane();
        for (std::size_t i = 1; i < lanes; ++i) {
            locked_lane& other = lanes_[(mine + i) % lanes];
            if (!other.lock.is_held()) return other;
        }
        return lanes_[mine];
    }

    /// Lanes are dealt out in turn to hints as they are first seen, so that threads share one only when there are more of
    /// them than lanes, or when two hints fall on one slot. (Fibonacci hashing: Knuth, TAOCP 3, 6.4.)
    ALLOT_INLINE std::size_t own_lane() noexcept {
        constexpr auto golden = static_cast<std::size_t>(0x9E37'79B9'7F4A'7C15u >> (64 - word_bits)) | 1;
        const std::size_t slot = (Traits::lane_hint() * golden) >> (word_bits - hint_bits);
        const std::uint8_t dealt = __atomic_load_n(&lane_after_[slot], __ATOMIC_RELAXED);
        return dealt != 0 ? std::size_t{dealt} - 1 : deal_lane(slot);
    }

    ALLOT_COLD std::size_t deal_lane(std::size_t slot) noexcept {
        const std::size_t lane = __atomic_fetch_add(&dealt_, 1U, __ATOMIC_RELAXED) % lanes;
        __atomic_store_n(&lane_after_[slot], static_cast<std::uint8_t>(lane + 1), __ATOMIC_RELAXED);
        return lane;
    }

    unsigned dealt_ = 0;
    std::uint8_t lane_after_[std::size_t{1} << hint_bits] = {};  // the lane of a hint, plus one; 0: none yet
    locked_lane lanes_[count] = {};
};

}  // namespace allot::detail
