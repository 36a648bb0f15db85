// A fair lock: draw a ticket, wait until it is served.
//
//     next    [ 7 ]   the ticket of who comes next      lock():   ticket = next++, wait for serving == ticket
//     serving [ 4 ]   held by ticket 4; 5, 6 wait       unlock(): serving++
//
// Size       8 bytes, constant-initialised to free.
// Fairness   first come, first served: a waiter is overtaken by nobody. The price: when the waiter whose turn it
//            is does not run, nobody does. Give each core one; with more threads than cores it collapses.
// Order      lock acquires, unlock releases: what one holder wrote the next one reads.
// Failure    none; tickets wrap at 2^32, right as long as fewer than 2^32 wait. A second lock() by the holder
//            spins for ever, and so does one by an interrupt handler that interrupted the holder (irq_safe).
// Needs      a 32-bit atomic fetch-and-add.
//
// Reed and Kanodia, "Synchronization with eventcounts and sequencers", CACM 1979.
// Mellor-Crummey and Scott, "Algorithms for scalable synchronization on shared-memory multiprocessors", TOCS 1991.
#pragma once

#include <allot/base/config.hpp>
#include <allot/policy/lock.hpp>

#include <cstdint>

namespace allot {

/// A fair lock in eight bytes; see above. `Relax` says what it does while it waits.
template <relax_hook Relax>
class ticket_lock_with {
public:
    constexpr ticket_lock_with() noexcept = default;
    ticket_lock_with(const ticket_lock_with&) = delete;
    ticket_lock_with& operator=(const ticket_lock_with&) = delete;

    void lock() noexcept {
        const std::uint32_t ticket = __atomic_fetch_add(&next_, std::uint32_t{1}, __ATOMIC_RELAXED);
        while (__atomic_load_n(&serving_, __ATOMIC_ACQUIRE) != ticket) Relax::relax();
    }

    void unlock() noexcept {
        // Only the holder writes serving_: reading it needs no order.
        const std::uint32_t ticket = __atomic_load_n(&serving_, __ATOMIC_RELAXED);
        __atomic_store_n(&serving_, ticket + 1, __ATOMIC_RELEASE);
    }

    /// Makes it free, whoever holds it or waits for it. For the child of a fork, where nobody does.
    void reset() noexcept {
        __atomic_store_n(&next_, 0U, __ATOMIC_RELAXED);
        __atomic_store_n(&serving_, 0U, __ATOMIC_RELEASE);
    }

    [[nodiscard]] bool is_held() const noexcept {
        return __atomic_load_n(&serving_, __ATOMIC_RELAXED) != __atomic_load_n(&next_, __ATOMIC_RELAXED);
    }

private:
    std::uint32_t next_ = 0;
    std::uint32_t serving_ = 0;
};

class ticket_lock : public ticket_lock_with<relax_processor> {};

static_assert(basic_lockable<ticket_lock> && resettable_lock<ticket_lock> && observable_lock<ticket_lock>);
static_assert(sizeof(ticket_lock) == 8);

}  // namespace allot
