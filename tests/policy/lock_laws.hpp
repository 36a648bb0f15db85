// The law of a lock, as tests that every lock goes through.
#pragma once

#include <allot/policy/lock.hpp>

#include "support/catch.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace lock_laws {

// Runs `work` on `threads` threads that start together.
template <class Work>
void run_together(unsigned threads, Work work) {
    std::atomic<unsigned> ready{0};
    std::vector<std::thread> started;
    for (unsigned i = 0; i < threads; ++i) {
        started.emplace_back([&] {
            ready.fetch_add(1);
            while (ready.load() != threads) std::this_thread::yield();
            work();
        });
    }
    for (auto& thread : started) thread.join();
}

// Plain variables under the lock: a race loses counts, and ThreadSanitizer sees a missing acquire or release.
template <class Lock>
void keeps_counts(Lock& lock, unsigned threads, unsigned rounds) {
    unsigned long count = 0;
    unsigned long twin = 0;
    unsigned long torn = 0;
    run_together(threads, [&] {
        for (unsigned i = 0; i < rounds; ++i) {
            const allot::lock_guard guard(lock);
            if (count != twin) ++torn;
            ++count;
            ++twin;
        }
    });
    CHECK(torn == 0);
    CHECK(count == static_cast<unsigned long>(threads) * rounds);
}

// It is taken without a wait if it is free, and tells whether it is held.
template <class Lock>
void tells_whether_it_is_held(Lock& lock) {
    CHECK_FALSE(lock.is_held());
    REQUIRE(lock.try_lock());
    CHECK(lock.is_held());
    CHECK_FALSE(lock.try_lock());
    lock.unlock();
    CHECK_FALSE(lock.is_held());
    lock.lock();
    CHECK(lock.is_held());
    lock.reset();
    CHECK_FALSE(lock.is_held());
}

// While it is held a second thread stays outside; after it was released the second thread comes in.
template <class Lock>
void keeps_others_outside(Lock& lock) {
    std::atomic<bool> arrived{false};
    std::atomic<bool> entered{false};
    std::thread second;
    {
        const allot::lock_guard guard(lock);
        second = std::thread([&] {
            arrived = true;
            const allot::lock_guard inner(lock);
            entered = true;
        });
        while (!arrived) std::this_thread::yield();
        for (int i = 0; i < 1000; ++i) std::this_thread::yield();
        CHECK_FALSE(entered);
    }
    second.join();
    CHECK(entered);
}

}  // namespace lock_laws
