// A lock for a heap that interrupt handlers use too.
//
//     lock():        save the interrupt state and disable --> take the lock
//     unlock(state): let go of the lock                   --> restore the state
//
// While the lock is held no handler runs on this core, so that none can wait for what it interrupted: the deadlock
// of every kernel whose handlers allocate. Restoring instead of enabling lets sections nest and lets handlers in.
//
// Size       that of Lock, with a stateless Interrupts.
// Fairness   that of Lock. Interrupts stay off while waiting: their latency includes the wait.
// Order      that of Lock; over null_lock the compiler moves nothing across.
// Cores      several, if Lock keeps them apart. For one core masking is enough: single_core_lock, which needs no atomic
//            instruction, where spin_lock needs an exchange that a Cortex-M0 does not have.
// Failure    none. The state is the caller's to keep: lock() returns it, unlock() takes it, lock_guard does both.
//            Non-maskable interrupts stay outside the protection: they must not allocate.
//
// The pattern is Linux's spin_lock_irqsave: Corbet, Rubini and Kroah-Hartman, "Linux Device Drivers", chapter 5.
#pragma once

#include <allot/policy/lock.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace allot {

/// The law of Interrupts: after save_and_disable() no handler runs on the calling core; restore(state) puts back
/// what save_and_disable() found, which may be "disabled". Members may be static. On x86_64, for example:
///     static std::uint64_t save_and_disable() noexcept;   // pushfq; pop; cli
///     static void restore(std::uint64_t flags) noexcept;  // push; popfq
template <class Interrupts>
concept interrupt_control = requires(Interrupts& interrupts) {
    requires !std::is_void_v<decltype(interrupts.save_and_disable())>;
    { interrupts.save_and_disable() }
    noexcept;
    { interrupts.restore(interrupts.save_and_disable()) }
    noexcept->std::same_as<void>;
};

/// Lock, taken with interrupts off. Itself a token lock: the token is the interrupt state found.
template <basic_lockable Lock, interrupt_control Interrupts>
class irq_safe {
public:
    using state = decltype(std::declval<Interrupts&>().save_and_disable());

    constexpr irq_safe() noexcept = default;
    irq_safe(const irq_safe&) = delete;
    irq_safe& operator=(const irq_safe&) = delete;

    [[nodiscard]] state lock() noexcept {
        state found = interrupts_.save_and_disable();
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        lock_.lock();
        return found;
    }

    void unlock(state found) noexcept {
        lock_.unlock();
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        interrupts_.restore(std::move(found));
    }

    /// Who calls, and the way of a guest, if Lock leans to a caller: see there.
    [[nodiscard]] static std::uint32_t caller() noexcept requires leaning_lock<Lock> { return Lock::caller(); }
    [[nodiscard]] state lock_as_guest() noexcept requires leaning_lock<Lock> {
        state found = interrupts_.save_and_disable();
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        lock_.lock_as_guest();
        return found;
    }

    [[nodiscard]] bool is_held() const noexcept requires observable_lock<Lock> { return lock_.is_held(); }

private:
    [[no_unique_address]] Lock lock_{};
    [[no_unique_address]] Interrupts interrupts_{};
};

/// The lock of a machine that has one core: what can interrupt the holder is masked, and nobody else is there. It does not keep
/// a second core out.
template <interrupt_control Interrupts>
using single_core_lock = irq_safe<null_lock, Interrupts>;

}  // namespace allot
