// A lock that survives fork().
//
//     parent:  before_fork   fork   after_fork_in_parent        other threads wait, as at any lock
//              [---- the forking thread holds the lock ----]
//     child:                   \--  after_fork_in_child         the lock is new: those who waited are gone
//
// A child has only the thread that forked, so the heap that it inherits must not be half way through anything:
// the forking thread holds the lock meanwhile. The fork handlers of other libraries run inside that time and may
// allocate; for the forking thread alone the lock is therefore open.
// The state is static: a process has one heap under malloc, and the fork handlers must reach its lock.
#pragma once

#include "sabotage.hpp"

#include <atomic>
#include <new>

#include <pthread.h>

template <class Lock>
class fork_safe_lock {
public:
    static void lock() noexcept {
        if constexpr (planted == sabotage::lock_does_nothing) return;
        if (!this_thread_forks()) lock_.lock();
    }

    static void unlock() noexcept {
        if constexpr (planted == sabotage::lock_does_nothing) return;
        if (!this_thread_forks()) lock_.unlock();
    }

    static void before_fork() noexcept {
        lock_.lock();
        forking_thread_.store(pthread_self(), std::memory_order_relaxed);
    }

    static void after_fork_in_parent() noexcept {
        forking_thread_.store(no_thread, std::memory_order_relaxed);
        lock_.unlock();
    }

    static void after_fork_in_child() noexcept {
        forking_thread_.store(no_thread, std::memory_order_relaxed);
        if constexpr (planted == sabotage::fork_keeps_the_lock) return;
        new (&lock_) Lock{};
    }

private:
    static constexpr pthread_t no_thread = 0;

    // Only the forking thread itself ever writes its own name here, so that an old value cannot mislead it.
    static bool this_thread_forks() noexcept {
        return forking_thread_.load(std::memory_order_relaxed) == pthread_self();
    }

    inline static constinit Lock lock_{};
    inline static constinit std::atomic<pthread_t> forking_thread_{no_thread};
};
