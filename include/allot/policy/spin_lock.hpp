// A lock in one 32-bit word: test-and-test-and-set.
//
//     lock():   swap in 1 --> got 0: held
//                         \-> got 1: read until 0, with a pause hint, then swap again
//     unlock(): store 0
//
// Size       4 bytes, constant-initialised to free; lives in .bss, needs no constructor at boot.
// Fairness   none: under contention a thread may be overtaken any number of times (ticket_lock is fair).
// Order      lock acquires, unlock releases: what one holder wrote the next one reads.
// Failure    none; a second lock() by the holder spins for ever, and so does one by an interrupt handler that
//            interrupted the holder: wrap the lock in irq_safe where handlers allocate.
// Needs      a 32-bit atomic exchange (not on Cortex-M0: use irq_safe<null_lock, ...> there).
//
// Waiting reads before it swaps, so that the waiters share the cache line instead of fighting for it:
// Rudolph and Segall, "Dynamic decentralized cache schemes for MIMD parallel processors", ISCA 1984.
// T. E. Anderson, "The performance of spin lock alternatives for shared-memory multiprocessors", TPDS 1990.
#pragma once

#include <allot/base/config.hpp>
#include <allot/policy/lock.hpp>

#include <cstdint>

namespace allot {

/// An unfair lock in four bytes; see above.
class spin_lock {
public:
    constexpr spin_lock() noexcept = default;
    spin_lock(const spin_lock&) = delete;
    spin_lock& operator=(const spin_lock&) = delete;

    void lock() noexcept {
        while (__atomic_exchange_n(&word_, held, __ATOMIC_ACQUIRE) != free) wait_until_free();
    }

    void unlock() noexcept { __atomic_store_n(&word_, free, __ATOMIC_RELEASE); }

private:
    static constexpr std::uint32_t free = 0;
    static constexpr std::uint32_t held = 1;

    void wait_until_free() const noexcept {
        while (__atomic_load_n(&word_, __ATOMIC_RELAXED) != free) detail::cpu_relax();
    }

    std::uint32_t word_ = free;
};

static_assert(basic_lockable<spin_lock>);
static_assert(sizeof(spin_lock) == 4);

}  // namespace allot
