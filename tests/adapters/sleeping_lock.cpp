#include <allot/adapters/sleeping_lock.hpp>

#include "policy/lock_laws.hpp"

#include <cerrno>
#include <chrono>
#include <ctime>

namespace {

constinit allot::sleeping_lock constant_initialised;

double seconds_of_this_thread() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

TEST_CASE("sleeping_lock: is free from the start and can be taken again and again") {
    for (int i = 0; i < 3; ++i) {
        constant_initialised.lock();
        CHECK(constant_initialised.is_held());
        constant_initialised.unlock();
    }
    CHECK_FALSE(constant_initialised.is_held());
}

TEST_CASE("sleeping_lock: is taken without a wait if it is free, and tells whether it is held") {
    allot::sleeping_lock lock;
    lock_laws::tells_whether_it_is_held(lock);
}

TEST_CASE("sleeping_lock: keeps others outside") {
    allot::sleeping_lock lock;
    lock_laws::keeps_others_outside(lock);
}

TEST_CASE("sleeping_lock: what one holder wrote the next one reads") {
    allot::sleeping_lock lock;
    lock_laws::keeps_counts(lock, 6, 20'000);
}

TEST_CASE("sleeping_lock: who waits sleeps, and errno is as before") {
    allot::sleeping_lock lock;
    lock.lock();
    double worked = 1;
    int left_in_errno = 0;
    std::atomic<bool> arrived{false};
    std::thread second([&] {
        errno = 77;
        arrived = true;
        lock.lock();
        lock.unlock();
        worked = seconds_of_this_thread();
        left_in_errno = errno;
    });
    while (!arrived) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    errno = 78;
    lock.unlock();
    CHECK(errno == 78);
    second.join();
    CHECK(left_in_errno == 77);
    CHECK(worked < 0.2);  // of the processor, where a lock that spins takes 0.4
}
