#include <allot/policy/spin_lock.hpp>
#include <allot/policy/ticket_lock.hpp>

#include "lock_laws.hpp"

namespace {
constinit allot::spin_lock constant_initialised;
}

TEST_CASE("spin_lock: is free from the start and can be taken again and again") {
    for (int i = 0; i < 3; ++i) {
        constant_initialised.lock();
        constant_initialised.unlock();
    }
    SUCCEED("no call waited for ever");
}

TEST_CASE("spin_lock: is taken without a wait if it is free, and tells whether it is held") {
    allot::spin_lock lock;
    lock_laws::tells_whether_it_is_held(lock);
}

TEST_CASE("spin_lock: keeps others outside") {
    allot::spin_lock lock;
    lock_laws::keeps_others_outside(lock);
}

TEST_CASE("spin_lock: what one holder wrote the next one reads") {
    allot::spin_lock lock;
    lock_laws::keeps_counts(lock, 3, 20'000);
}

namespace {

/// Counts how often it is called, and lets the holder go on.
struct counted_relax {
    static inline std::atomic<int> calls{0};
    static void relax() noexcept {
        ++calls;
        std::this_thread::yield();
    }
};

struct no_relax {};
struct throwing_relax {
    static void relax();
};
static_assert(allot::relax_hook<counted_relax> && allot::relax_hook<allot::relax_processor>);
static_assert(!allot::relax_hook<no_relax> && !allot::relax_hook<throwing_relax>);

/// How often the hook was called while another thread held the lock until it was.
template <class Lock>
int relaxed_while_held() {
    counted_relax::calls = 0;
    Lock lock;
    lock.lock();
    std::thread waiting([&] {
        lock.lock();
        lock.unlock();
    });
    while (counted_relax::calls == 0) std::this_thread::yield();
    lock.unlock();
    waiting.join();
    return counted_relax::calls;
}

}  // namespace

TEST_CASE("spin_lock_with, ticket_lock_with: who waits calls the hook, and only who waits") {
    CHECK(relaxed_while_held<allot::spin_lock_with<counted_relax>>() > 0);
    CHECK(relaxed_while_held<allot::ticket_lock_with<counted_relax>>() > 0);
    counted_relax::calls = 0;
    allot::spin_lock_with<counted_relax> free;
    { const allot::lock_guard alone(free); }
    CHECK(counted_relax::calls == 0);
    allot::spin_lock_with<counted_relax> lock;
    lock_laws::keeps_counts(lock, 3, 20'000);
    STATIC_REQUIRE(sizeof(allot::spin_lock_with<counted_relax>) == 4);
    STATIC_REQUIRE(allot::observable_lock<allot::spin_lock_with<counted_relax>>);
}
