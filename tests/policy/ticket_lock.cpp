#include <allot/policy/ticket_lock.hpp>

#include "lock_laws.hpp"

#include <cstdint>
#include <new>
#include <type_traits>

namespace {

constinit allot::ticket_lock constant_initialised;

// A standard-layout object shares its address with its first member, which is the next ticket.
static_assert(std::is_standard_layout_v<allot::ticket_lock>);
std::uint32_t tickets_drawn(const allot::ticket_lock& lock) {
    return __atomic_load_n(reinterpret_cast<const std::uint32_t*>(&lock), __ATOMIC_RELAXED);
}

}  // namespace

TEST_CASE("ticket_lock: is free from the start and can be taken again and again") {
    for (int i = 0; i < 3; ++i) {
        constant_initialised.lock();
        constant_initialised.unlock();
    }
    SUCCEED("no call waited for ever");
}

TEST_CASE("ticket_lock: keeps others outside") {
    allot::ticket_lock lock;
    lock_laws::keeps_others_outside(lock);
}

TEST_CASE("ticket_lock: what one holder wrote the next one reads") {
    allot::ticket_lock lock;
    lock_laws::keeps_counts(lock, 2, 500);
}

TEST_CASE("ticket_lock: serves waiters in the order in which they came") {
    constexpr std::uint32_t waiters = 6;
    allot::ticket_lock lock;
    std::vector<std::uint32_t> order;
    std::vector<std::thread> threads;
    lock.lock();
    for (std::uint32_t i = 0; i < waiters; ++i) {
        threads.emplace_back([&, i] {
            const allot::lock_guard guard(lock);
            order.push_back(i);
        });
        while (tickets_drawn(lock) != i + 2) std::this_thread::yield();
    }
    lock.unlock();
    for (auto& thread : threads) thread.join();
    CHECK(order == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("ticket_lock: goes on when the tickets wrap") {
    alignas(allot::ticket_lock) std::uint32_t words[2] = {UINT32_MAX, UINT32_MAX};
    auto* const lock = std::launder(reinterpret_cast<allot::ticket_lock*>(words));
    lock_laws::keeps_others_outside(*lock);
    CHECK(tickets_drawn(*lock) == 1);
}

TEST_CASE("ticket_lock: tells whether it is held") {
    allot::ticket_lock lock;
    CHECK_FALSE(lock.is_held());
    lock.lock();
    CHECK(lock.is_held());
    lock.unlock();
    CHECK_FALSE(lock.is_held());
}
