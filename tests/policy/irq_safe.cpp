#include <allot/policy/irq_safe.hpp>

#include <allot/policy/spin_lock.hpp>
#include <allot/policy/ticket_lock.hpp>

#include "support/catch.hpp"

#include <string>
#include <type_traits>

namespace {

std::string events;

struct recording_lock {
    static void lock() noexcept { events += "lock "; }
    static void unlock() noexcept { events += "unlock "; }
};

// A processor with one flag; the states are words, so that mixing up two of them shows.
struct recorded_interrupts {
    static inline bool enabled = true;

    static const char* save_and_disable() noexcept {
        events += "disable ";
        const bool found = enabled;
        enabled = false;
        return found ? "on" : "off";
    }

    static void restore(const char* state) noexcept {
        events += "restore-" + std::string(state) + ' ';
        enabled = std::string(state) == "on";
    }
};

// Interrupts with a state of their own, as on a machine where the controller is an object.
struct counting_interrupts {
    int depth = 0;
    int save_and_disable() noexcept { return depth++; }
    void restore(int found) noexcept { depth = found; }
};

struct interrupts_that_may_throw {
    static int save_and_disable();
    static void restore(int);
};

struct interrupts_without_state {
    static void save_and_disable() noexcept;
    static void restore() noexcept;
};

using recorded = allot::irq_safe<recording_lock, recorded_interrupts>;

static_assert(allot::token_lockable<recorded> && !allot::basic_lockable<recorded>);
static_assert(allot::interrupt_control<counting_interrupts>);
static_assert(!allot::interrupt_control<interrupts_that_may_throw>);
static_assert(!allot::interrupt_control<interrupts_without_state>);
static_assert(sizeof(allot::irq_safe<allot::spin_lock, recorded_interrupts>) == sizeof(allot::spin_lock));
static_assert(sizeof(allot::irq_safe<allot::ticket_lock, recorded_interrupts>) == sizeof(allot::ticket_lock));

static_assert(allot::observable_lock<allot::irq_safe<allot::spin_lock, recorded_interrupts>>);
static_assert(!allot::observable_lock<recorded>);
static_assert(!allot::observable_lock<allot::irq_safe<allot::null_lock, recorded_interrupts>>);

static_assert(allot::token_lockable<allot::single_core_lock<recorded_interrupts>>);
static_assert(std::is_empty_v<allot::single_core_lock<recorded_interrupts>>);

constinit allot::irq_safe<allot::spin_lock, recorded_interrupts> constant_initialised;

}  // namespace

TEST_CASE("irq_safe: disables before it takes, releases before it restores") {
    events.clear();
    recorded lock;
    {
        const allot::lock_guard guard(lock);
        CHECK_FALSE(recorded_interrupts::enabled);
        events += "inside ";
    }
    CHECK(events == "disable lock inside unlock restore-on ");
    CHECK(recorded_interrupts::enabled);
}

TEST_CASE("irq_safe: restores what it found, so that sections nest") {
    events.clear();
    recorded outer;
    {
        const allot::lock_guard guard(outer);
        { const allot::lock_guard inner(constant_initialised); }
        CHECK_FALSE(recorded_interrupts::enabled);
    }
    CHECK(events == "disable lock disable restore-off unlock restore-on ");
}

TEST_CASE("irq_safe: on a single core it only masks, and sections nest") {
    events.clear();
    allot::single_core_lock<recorded_interrupts> outer, other;
    {
        const allot::lock_guard guard(outer);
        { const allot::lock_guard inner(other); }
        CHECK_FALSE(recorded_interrupts::enabled);
    }
    CHECK(events == "disable disable restore-off restore-on ");
    CHECK(recorded_interrupts::enabled);
}

TEST_CASE("irq_safe: the token is the state that was found") {
    recorded lock;
    const char* const state = lock.lock();
    CHECK(std::string(state) == "on");
    lock.unlock(state);
}

TEST_CASE("irq_safe: works with interrupts that are an object") {
    allot::irq_safe<allot::null_lock, counting_interrupts> lock;
    const int first = lock.lock();
    lock.unlock(first);
    const int second = lock.lock();
    CHECK(first == 0);
    CHECK(second == 0);
    lock.unlock(second);
}

TEST_CASE("irq_safe: tells whether the lock inside is held, without touching the interrupts") {
    events.clear();
    CHECK_FALSE(constant_initialised.is_held());
    {
        const allot::lock_guard guard(constant_initialised);
        CHECK(constant_initialised.is_held());
    }
    CHECK_FALSE(constant_initialised.is_held());
    CHECK(events == "disable restore-on ");
}
