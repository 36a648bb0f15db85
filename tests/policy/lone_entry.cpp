#include <allot/policy/lone_entry.hpp>

#include "support/catch.hpp"

#include <allot/policy/biased_lock.hpp>
#include <allot/policy/spin_lock.hpp>

#include <atomic>
#include <cstdint>
#include <thread>
#include <type_traits>

namespace {

/// One caller until the test says that there are more. Counts who asks for a number.
struct told_callers {
    static inline std::atomic<bool> alone = true;
    static inline std::atomic<int> waits = 0;
    static inline int numbers = 0;

    static bool is_alone() noexcept { return alone; }
    static std::uint32_t number() noexcept { return ++numbers, 7; }
    static void fence() noexcept {}
    static bool can_fence_all() noexcept { return true; }
    static void fence_all() noexcept {}
    static void wait() noexcept { ++waits; }
};

struct callers_who_cannot_tell {};

using entry = allot::detail::lone_entry<told_callers>;
using told_lock = allot::biased_lock<allot::spin_lock, told_callers>;

static_assert(sizeof(entry) == 1);
static_assert(allot::lone_lock<told_lock> && !allot::lone_lock<allot::spin_lock>);

void leave(allot::detail::lock_entry inside) { told_lock::leave(inside); }

void start_alone() {
    told_callers::alone = true;
    told_callers::waits = told_callers::numbers = 0;
}

/// Starts a thread by which the caller is not alone any more.
template <class Work>
std::thread second_caller(Work work) {
    told_callers::alone = false;
    return std::thread(work);
}

}  // namespace

TEST_CASE("lone_entry: is entered by the only caller, once at a time") {
    start_alone();
    entry way;
    for (int i = 0; i < 3; ++i) {
        CHECK_FALSE(way.is_inside());
        const auto inside = way.enter();
        REQUIRE(inside != nullptr);
        CHECK(way.is_inside());
        CHECK(way.enter() == nullptr);  // a signal handler
        leave(inside);
    }
    CHECK_FALSE(way.is_inside());
}

TEST_CASE("lone_entry: is not for one among others, and open again while nobody has closed it") {
    start_alone();
    entry way;
    told_callers::alone = false;
    CHECK(way.enter() == nullptr);
    CHECK_FALSE(way.is_inside());
    told_callers::alone = true;
    CHECK(way.enter() != nullptr);
}

TEST_CASE("lone_entry: is closed for good, and who closes it waits for who is inside") {
    start_alone();
    entry way;
    const auto inside = way.enter();
    REQUIRE(inside != nullptr);
    bool has_left = false;
    way.close([&] {
        CHECK(way.is_inside());
        has_left = true;
        leave(inside);
    });
    CHECK(has_left);
    CHECK(way.enter() == nullptr);
    way.reset();
    CHECK(way.enter() == nullptr);
}

TEST_CASE("lone_entry: a reset throws out who is inside") {
    start_alone();
    entry way;
    REQUIRE(way.enter() != nullptr);
    way.reset();
    CHECK_FALSE(way.is_inside());
    CHECK(way.enter() != nullptr);
}

TEST_CASE("lone_entry: where callers cannot tell it is nothing, and closed") {
    using none = allot::detail::lone_entry<callers_who_cannot_tell>;
    STATIC_REQUIRE(std::is_empty_v<none>);
    none way;
    CHECK(way.enter() == nullptr);
    CHECK_FALSE(way.is_inside());
    way.close([] { FAIL("nobody is inside"); });
}

TEST_CASE("a lock with a lone entry: nobody asks who the only caller is") {
    start_alone();
    told_lock lock;
    for (int i = 0; i < 3; ++i) {
        lock.lock();
        CHECK(lock.is_held());
        CHECK_FALSE(lock.try_lock());  // a signal handler
        lock.unlock();
        lock.lock_as_guest();
        CHECK(lock.is_held());
        lock.unlock();
        REQUIRE(lock.try_lock());
        lock.unlock();
        CHECK_FALSE(lock.is_held());
    }
    CHECK(told_callers::numbers == 6);  // of the signal handler
    {
        const allot::lone_guard guard(lock);
        CHECK(guard.is_holding());
        CHECK(lock.is_held());
    }
    CHECK_FALSE(lock.is_held());
}

TEST_CASE("a lock with a lone entry: it ends with the second caller, and does not come back") {
    start_alone();
    told_lock lock;
    { const allot::lock_guard guard(lock); }
    second_caller([&] { const allot::lock_guard guard(lock); }).join();
    told_callers::alone = true;  // the child of a fork
    for (int i = 0; i < 2; ++i) {
        CHECK_FALSE(allot::lone_guard(lock).is_holding());
        const allot::lock_guard guard(lock);
        CHECK(lock.is_held());
        lock.reset();
    }
}

TEST_CASE("a lock with a lone entry: a reset frees it for the only caller") {
    start_alone();
    told_lock lock;
    lock.lock();
    lock.reset();
    CHECK_FALSE(lock.is_held());
    CHECK(allot::lone_guard(lock).is_holding());
}

TEST_CASE("a lock with a lone entry: the second caller waits for the first, or does not come in") {
    start_alone();
    told_lock lock;
    int count = 0;
    bool came_in = false;
    lock.lock();
    std::thread second = second_caller([&] {
        came_in = lock.try_lock();
        lock.lock();
        ++count;
        lock.unlock();
    });
    while (told_callers::waits == 0) std::this_thread::yield();
    CHECK(count == 0);
    lock.unlock();
    second.join();
    CHECK(count == 1);
    CHECK_FALSE(came_in);
    CHECK_FALSE(lock.is_held());
}
