#include <allot/policy/spin_lock.hpp>

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
