#include <allot/policy/core_local.hpp>

#include "support/catch.hpp"

#include <string>

namespace {

/// Two cores, of which the test says which one runs.
struct told_core {
    static inline std::string events;
    static inline unsigned running = 0;

    static int save_and_disable() noexcept {
        events += "mask ";
        return 1;
    }
    static void restore(int) noexcept { events += "unmask "; }
    static unsigned core() noexcept { return running; }
};

struct interrupts_without_core {
    static int save_and_disable() noexcept;
    static void restore(int) noexcept;
};

static_assert(allot::core_interrupts<told_core> && !allot::core_interrupts<interrupts_without_core>);

using lock = allot::core_local<told_core>;
static_assert(allot::token_lockable<lock> && allot::leaning_lock<lock> && allot::observable_lock<lock>);
static_assert(sizeof(lock) <= 32 + 2 * sizeof(void*));

constinit lock constant_initialised;

}  // namespace

TEST_CASE("core_local: masks for each core, and is held by one at a time") {
    lock& tested = constant_initialised;
    for (const unsigned core : {0u, 0u, 3u, 0u}) {
        told_core::running = core;
        told_core::events.clear();
        {
            const allot::lock_guard guard(tested);
            CHECK(told_core::events == "mask ");
            CHECK(tested.is_held());
        }
        CHECK(told_core::events == "mask unmask ");
        CHECK_FALSE(tested.is_held());
    }
}

TEST_CASE("core_local: cores are numbered from one, and a guest masks too") {
    told_core::running = 5;
    CHECK(lock::caller() == 6);
    told_core::events.clear();
    lock tested;
    const int found = tested.lock_as_guest();
    CHECK(told_core::events == "mask ");
    tested.unlock(found);
    CHECK(told_core::events == "mask unmask ");
}
