#include <allot/policy/lock.hpp>

#include <allot/policy/biased_lock.hpp>
#include <allot/policy/spin_lock.hpp>

#include "support/catch.hpp"

#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

// Writes down what is done to it.
struct recording_lock {
    std::string& log;
    void lock() { log += "lock "; }
    void unlock() { log += "unlock "; }
};

// Hands out a token that cannot be copied, and remembers the one that came back.
struct token {
    explicit token(int number) : value(number) {}
    token(token&&) = default;
    token& operator=(token&&) = default;
    ~token() = default;
    token(const token&) = delete;
    token& operator=(const token&) = delete;
    int value;
};

struct recording_token_lock {
    int next = 7;
    int returned = 0;
    token lock() { return token(next); }
    void unlock(token held) { returned = held.value; }
};

struct lock_that_may_give_up {
    bool lock();
    void unlock();
};

struct lock_without_unlock {
    void lock();
};

struct lock_that_wants_a_token_it_never_gave {
    void lock();
    void unlock(int);
};

struct lock_with_two_token_types {
    int lock();
    void unlock(int*);
};

static_assert(allot::basic_lockable<allot::null_lock>);
static_assert(allot::basic_lockable<std::mutex>);
static_assert(allot::basic_lockable<recording_lock> && !allot::token_lockable<recording_lock>);
static_assert(allot::token_lockable<recording_token_lock> && !allot::basic_lockable<recording_token_lock>);
static_assert(allot::lockable<recording_lock> && allot::lockable<recording_token_lock>);
static_assert(!allot::lockable<lock_that_may_give_up>);
static_assert(!allot::lockable<lock_without_unlock>);
static_assert(!allot::lockable<lock_that_wants_a_token_it_never_gave>);
static_assert(!allot::lockable<lock_with_two_token_types>);
static_assert(!allot::lockable<int>);

constexpr bool null_lock_works_in_a_constant_expression() {
    allot::null_lock nothing;
    const allot::lock_guard guard(nothing);
    return true;
}
static_assert(null_lock_works_in_a_constant_expression());

}  // namespace

TEST_CASE("lock_guard: holds a basic lock for a scope") {
    std::string log;
    recording_lock lock{log};
    {
        const allot::lock_guard guard(lock);
        log += "inside ";
    }
    CHECK(log == "lock inside unlock ");
}

TEST_CASE("lock_guard: lets go when the scope is left by an exception") {
    std::string log;
    recording_lock lock{log};
    const auto throw_inside = [&] {
        const allot::lock_guard guard(lock);
        throw std::runtime_error("left");
    };
    CHECK_THROWS_AS(throw_inside(), std::runtime_error);
    CHECK(log == "lock unlock ");
}

TEST_CASE("lock_guard: gives a token lock its own token back") {
    recording_token_lock lock;
    {
        const allot::lock_guard guard(lock);
        lock.next = 8;
        CHECK(lock.returned == 0);
    }
    CHECK(lock.returned == 7);
}

TEST_CASE("lock_guard: serves std::mutex") {
    std::mutex mutex;
    const auto another_thread_gets_in = [&] {
        bool entered = false;
        std::thread([&] {
            entered = mutex.try_lock();
            if (entered) mutex.unlock();
        }).join();
        return entered;
    };
    {
        const allot::lock_guard guard(mutex);
        CHECK_FALSE(another_thread_gets_in());
    }
    CHECK(another_thread_gets_in());
}

TEST_CASE("try_guard: holds a lock that is free, and lets go of it; leaves one that is held alone") {
    allot::spin_lock lock;
    {
        const allot::try_guard first(lock);
        CHECK(first.is_holding());
        const allot::try_guard second(lock);
        CHECK_FALSE(second.is_holding());
        CHECK(lock.is_held());
    }
    CHECK_FALSE(lock.is_held());
}

TEST_CASE("try_guard: a lock that only tells whether it is held is taken with its token") {
    struct {
        int lock() noexcept { return token = 7; }
        void unlock(int kept) noexcept { token -= kept; }
        bool is_held() const noexcept { return token != 0; }
        int token = 0;
    } lock;
    {
        const allot::try_guard first(lock);
        CHECK(first.is_holding());
        const allot::try_guard second(lock);
        CHECK_FALSE(second.is_holding());
    }
    CHECK_FALSE(lock.is_held());
}

TEST_CASE(
    "quick_guard: a lock that leans to nobody is held if nobody has it, one that does is entered only by whom it leans "
    "to") {
    static std::uint32_t calling;
    struct callers {
        static std::uint32_t number() noexcept { return calling == 0 ? 9 : calling; }
        static std::uint32_t known_number() noexcept { return calling; }
        static void fence() noexcept {}
        static bool can_fence_all() noexcept { return true; }
        static void fence_all() noexcept {}
        static void wait() noexcept {}
    };
    allot::biased_lock<allot::spin_lock, callers> leaning;
    const auto is_entered_by = [&](std::uint32_t caller) {
        calling = caller;
        const allot::quick_guard<decltype(leaning)> guard(leaning);
        CHECK(leaning.is_held() == guard.is_holding());
        return guard.is_holding();
    };
    CHECK_FALSE(is_entered_by(7));
    { const allot::lock_guard first(leaning); }
    CHECK(is_entered_by(7));
    CHECK_FALSE(leaning.is_held());
    CHECK_FALSE(is_entered_by(8));
    CHECK_FALSE(is_entered_by(0));  // who has no number yet
    allot::spin_lock plain;
    {
        const allot::quick_guard<allot::spin_lock> guard(plain);
        CHECK(guard.is_holding());
        CHECK(plain.is_held());
    }
    CHECK_FALSE(plain.is_held());
    struct {
        void lock() noexcept { has_waited = true; }
        void unlock() noexcept {}
        static bool try_lock() noexcept { return false; }
        static bool is_held() noexcept { return true; }
        bool has_waited = false;
    } taken;
    CHECK_FALSE(allot::quick_guard<decltype(taken)>(taken).is_holding());
    CHECK_FALSE(taken.has_waited);
    STATIC_REQUIRE(allot::enterable_lock<decltype(leaning)>);
    STATIC_REQUIRE(!allot::enterable_lock<allot::spin_lock>);
}
