// A lock for a kernel with several cores, which leans to one of them: that core takes it by masking its interrupts alone.
//
//     core 2, whose it is   mask | inside = 1, fence, whose is it ... inside = 0 | unmask       writes no word that others write
//     core 5                mask | base lock, it leans to nobody, fence, wait until 2 is outside ... | unmask
//
// For the heap's own lock that is the core that came first, or came many times in a row. Its lanes stay with the core of their number.
//
// Size       48 bytes (32-bit: 40) with a stateless Interrupts, constant-initialised to free.
// Fairness   none. Interrupts stay off while waiting: their latency includes the wait.
// Order      lock acquires, unlock releases.
// Failure    none; non-maskable interrupts stay outside the protection: they must not allocate.
// Needs      a 32-bit atomic exchange, and a fence that every core has: no interrupt is sent to another.
#pragma once

#include <allot/policy/biased_lock.hpp>
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/spin_lock.hpp>

#include <concepts>
#include <cstdint>

namespace allot {

/// The law of `core()`, beyond that of Interrupts: the number of the calling core, from 0; told with interrupts masked, it stays
/// the same until they are restored.
template <class Interrupts>
concept core_interrupts = interrupt_control<Interrupts> && requires {
    { Interrupts::core() }
    noexcept->std::convertible_to<std::uint32_t>;
};

/// The cores of a machine as `numbered_callers`.
template <core_interrupts Interrupts>
struct numbered_cores {
    static std::uint32_t number() noexcept { return static_cast<std::uint32_t>(Interrupts::core()) + 1; }
    static void fence() noexcept { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
    static bool can_fence_all() noexcept { return true; }
    static void fence_all() noexcept { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
    static void wait() noexcept { detail::cpu_relax(); }
};

/// Leans to one core, with interrupts off while it is held.
template <core_interrupts Interrupts>
using core_local = irq_safe<biased_lock<spin_lock, numbered_cores<Interrupts>>, Interrupts>;

}  // namespace allot
