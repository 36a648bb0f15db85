#include <allot/adapters/thread_numbers.hpp>

#include "support/catch.hpp"

#include <cerrno>
#include <set>
#include <thread>
#include <vector>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using allot::thread_numbers;

template <class Work>
void on_a_thread(Work work) {
    std::thread(work).join();
}

std::uint32_t number_of_a_thread() {
    std::uint32_t found = 0;
    on_a_thread([&] { found = thread_numbers::number(); });
    return found;
}

/// Threads that all run until every one has its number.
std::multiset<std::uint32_t> numbers_at_once(std::size_t threads) {
    std::vector<std::uint32_t> found(threads);
    std::atomic<std::size_t> absent{threads};
    std::vector<std::thread> running;
    for (std::uint32_t& number : found) {
        running.emplace_back([&] {
            number = thread_numbers::number();
            for (--absent; absent != 0;) std::this_thread::yield();
        });
    }
    for (std::thread& each : running) each.join();
    return {found.begin(), found.end()};
}

/// Uses the heap of its thread when the thread ends.
struct late {
    ~late() { *seen = thread_numbers::number(); }
    std::uint32_t* seen;
};

}  // namespace

TEST_CASE("thread_numbers: a thread keeps its number, and one that has ended gives it to the next") {
    const std::uint32_t own = thread_numbers::number();
    CHECK(own != 0);
    CHECK(thread_numbers::number() == own);
    const std::uint32_t other = number_of_a_thread();
    CHECK(other != own);
    for (int i = 0; i < 2000; ++i) REQUIRE(number_of_a_thread() == other);
}

TEST_CASE("thread_numbers: threads that run at once have different ones, and as small ones as can be") {
    thread_numbers::number();
    const auto found = numbers_at_once(50);
    CHECK(std::set<std::uint32_t>(found.begin(), found.end()).size() == 50);
    CHECK(*found.rbegin() <= 51);
    CHECK(thread_numbers::most_at_once() == 51);
}

TEST_CASE("thread_numbers: a thread has its number still when its thread-local objects end") {
    std::uint32_t first = 0;
    std::uint32_t last = 1;
    on_a_thread([&] {
        thread_local late object{&last};
        first = thread_numbers::number();
        object.seen = &last;
    });
    CHECK(first == last);
}

TEST_CASE("thread_numbers: errno is as before") {
    int left = 0;
    on_a_thread([&] {
        errno = 99;
        thread_numbers::number();
        left = errno;
    });
    CHECK(left == 99);
    errno = 98;
    for (int i = 0; i < 100; ++i) thread_numbers::wait();  // one of them sleeps
    if (thread_numbers::can_fence_all()) thread_numbers::fence_all();
    CHECK(errno == 98);
}

#if defined(__GLIBC__)
const bool is_alone_at_first = thread_numbers::is_alone();  // before main

TEST_CASE("thread_numbers: a thread is alone until there is another one") {
    CHECK(is_alone_at_first);
    bool is_alone = true;
    on_a_thread([&] { is_alone = thread_numbers::is_alone(); });
    CHECK_FALSE(is_alone);
}
#endif

#if defined(__linux__) && defined(SYS_membarrier)
TEST_CASE("thread_numbers: all threads can be fenced where the system says so") {
    constexpr int query = 0;
    constexpr long private_expedited = 1 << 3;
    const long commands = syscall(SYS_membarrier, query, 0, 0);
    thread_numbers::number();
    CHECK(thread_numbers::can_fence_all() == (commands > 0 && (commands & private_expedited) != 0));
}
#endif

TEST_CASE(
    "thread_numbers: in the child of a fork all numbers but the caller's are free, and threads are fenced as before") {
    std::atomic<bool> done{false};
    std::atomic<int> there{0};
    const auto stay = [&] {
        thread_numbers::number();
        ++there;
        while (!done) std::this_thread::yield();
    };
    std::thread one(stay);
    std::thread two(stay);
    while (there != 2) std::this_thread::yield();
    const std::uint32_t own = thread_numbers::number();
    const pid_t child = fork();
    if (child == 0) {
        const bool keeps = thread_numbers::number() == own && thread_numbers::most_at_once() == 1;
        // qemu-i386, which may run the 32-bit tests, cannot start a thread in the child of a process that has several.
        const std::uint32_t next = sizeof(std::size_t) == 8 ? number_of_a_thread() : own == 1 ? 2 : 1;
        if (thread_numbers::can_fence_all()) thread_numbers::fence_all();
        _exit(keeps && next != own && next <= 2 ? 0 : 1);
    }
    REQUIRE(child > 0);
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    done = true;
    one.join();
    two.join();
}
