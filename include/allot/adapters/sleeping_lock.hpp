// A lock for hosted programs: it spins a little, then sleeps in the kernel until it is free.
//
//     lock():    free -> held, else look for a while, then:   held -> awaited, sleep while it is awaited
//     unlock():  -> free; where it was awaited, wakes one
//
// More threads than cores lose whole time slices on a lock that only spins: the holder does not run while others wait for it.
//
// Size       4 bytes, constant-initialised to free.
// Fairness   none: under contention a thread may be overtaken any number of times.
// Order      lock acquires, unlock releases: what one holder wrote the next one reads.
// Failure    none; a second lock() by the holder sleeps for ever. errno is as before.
// Processes  one: who sleeps in another process that shares the memory is not woken.
//
// Drepper, "Futexes are tricky", 2011, the third mutex.
#pragma once

#include <allot/base/errno_keeper.hpp>
#include <allot/policy/lock.hpp>

#include <atomic>
#include <cstdint>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace allot {

/// An unfair lock in four bytes; see above.
class sleeping_lock {
public:
    constexpr sleeping_lock() noexcept = default;
    sleeping_lock(const sleeping_lock&) = delete;
    sleeping_lock& operator=(const sleeping_lock&) = delete;

    ALLOT_INLINE void lock() noexcept {
        if (!try_lock()) [[unlikely]]
            wait_for_turn();
    }

    [[nodiscard]] ALLOT_INLINE bool try_lock() noexcept {
        std::uint32_t found = free;
        return word_.compare_exchange_strong(found, held, std::memory_order_acquire, std::memory_order_relaxed);
    }

    ALLOT_INLINE void unlock() noexcept {
        if (word_.exchange(free, std::memory_order_release) == awaited) [[unlikely]]
            wake_one();
    }

    /// Makes it free, whoever holds it. For the child of a fork, where nobody waits.
    void reset() noexcept { word_.store(free, std::memory_order_release); }

    [[nodiscard]] bool is_held() const noexcept { return word_.load(std::memory_order_relaxed) != free; }

private:
    static constexpr std::uint32_t free = 0;
    static constexpr std::uint32_t held = 1;
    static constexpr std::uint32_t awaited = 2;  // held, and somebody sleeps

    // Of the futex call, within one process. std::atomic would bring libstdc++ into programs that have none.
    static constexpr int wait = 128 | 0;
    static constexpr int wake = 128 | 1;

    static constexpr unsigned most_looks = 100;  // some microseconds on x86: a hold is seldom longer

    ALLOT_COLD void wait_for_turn() noexcept {
        for (unsigned looks = 0; looks < most_looks; ++looks) {
            detail::cpu_relax();
            if (!is_held() && try_lock()) return;
        }
        const detail::errno_keeper keeper;
        while (word_.exchange(awaited, std::memory_order_acquire) != free) sleep();
    }

    ALLOT_COLD void wake_one() noexcept {
        const detail::errno_keeper keeper;
#if defined(__linux__)
        ::syscall(SYS_futex, &word_, wake, 1);
#else
        word_.notify_one();
#endif
    }

    /// Returns at once unless the lock is awaited, and may return for no reason.
    void sleep() noexcept {
#if defined(__linux__)
        ::syscall(SYS_futex, &word_, wait, awaited, nullptr);
#else
        word_.wait(awaited, std::memory_order_relaxed);
#endif
    }

    std::atomic<std::uint32_t> word_{free};
};

static_assert(tryable_lock<sleeping_lock> && resettable_lock<sleeping_lock> && observable_lock<sleeping_lock>);
static_assert(sizeof(sleeping_lock) == 4 && std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace allot
