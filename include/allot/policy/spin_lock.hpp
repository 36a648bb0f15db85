// A lock in one 32-bit word: test-and-test-and-set with exponential backoff.
//
//     lock():   swap in 1 --> got 0: held
//                         \-> got 1: 16 pauses, then read until 0, then swap again; then 32, 64, up to 256
//     unlock(): store 0
//
// Size       4 bytes, constant-initialised to free; lives in .bss, needs no constructor at boot.
// Fairness   none: under contention a thread may be overtaken any number of times (ticket_lock is fair).
// Threads    with more of them than cores, who waits uses up time slices in which a holder that is not running could go on. For
//            kernels, which are not preempted while they hold it; programs have hosted_lock and sleeping_lock, or a Relax that
//            yields.
// Order      lock acquires, unlock releases: what one holder wrote the next one reads.
// Failure    none; a second lock() by the holder spins for ever, and so does one by an interrupt handler that
//            interrupted the holder: wrap the lock in irq_safe where handlers allocate.
// Needs      a 32-bit atomic exchange. A Cortex-M0 has none, and a program with this lock does not link there: its one core
//            uses single_core_lock (irq_safe.hpp).
//
// Waiting reads before it swaps, so that the waiters share the cache line instead of fighting for it; and it stays away
// for many short holds, because a lock that changes hands takes what it guards from one cache to the other each time:
// Rudolph and Segall, "Dynamic decentralized cache schemes for MIMD parallel processors", ISCA 1984.
// T. E. Anderson, "The performance of spin lock alternatives for shared-memory multiprocessors", TPDS 1990.
#pragma once

#include <allot/base/config.hpp>
#include <allot/policy/lock.hpp>

#include <cstdint>

namespace allot {

/// An unfair lock in four bytes; see above. `Relax` says what it does while it waits.
template <relax_hook Relax>
class spin_lock_with {
public:
    constexpr spin_lock_with() noexcept = default;
    spin_lock_with(const spin_lock_with&) = delete;
    spin_lock_with& operator=(const spin_lock_with&) = delete;

    ALLOT_INLINE void lock() noexcept {
        if (!try_lock()) [[unlikely]]
            wait_for_turn();
    }

    [[nodiscard]] ALLOT_INLINE bool try_lock() noexcept {
        return __atomic_exchange_n(&word_, held, __ATOMIC_ACQUIRE) == free;
    }

    void unlock() noexcept { __atomic_store_n(&word_, free, __ATOMIC_RELEASE); }

    /// Makes it free, whoever holds it. For the child of a fork.
    void reset() noexcept { unlock(); }

    [[nodiscard]] bool is_held() const noexcept { return __atomic_load_n(&word_, __ATOMIC_RELAXED) != free; }

private:
    static constexpr std::uint32_t free = 0;
    static constexpr std::uint32_t held = 1;

    static constexpr unsigned shortest_wait = 16;  // in calls of the hook: by default some microseconds on x86
    static constexpr unsigned longest_wait = 256;

    ALLOT_COLD void wait_for_turn() noexcept {
        unsigned pauses = shortest_wait;
        do {
            stay_away(pauses);
            if (pauses < longest_wait) pauses *= 2;
        } while (!try_lock());
    }

    void stay_away(unsigned pauses) const noexcept {
        for (unsigned i = 0; i < pauses; ++i) Relax::relax();
        while (is_held()) Relax::relax();
    }

    std::uint32_t word_ = free;
};

class spin_lock : public spin_lock_with<relax_processor> {};

static_assert(tryable_lock<spin_lock> && resettable_lock<spin_lock> && observable_lock<spin_lock>);
static_assert(sizeof(spin_lock) == 4);

}  // namespace allot
