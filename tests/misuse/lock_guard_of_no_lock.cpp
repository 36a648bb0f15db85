// expect: lockable|deduction
#include <allot/policy/lock.hpp>

struct my_lock {
    void lock() {}
#if defined(ALLOT_TEST_CONTROL)
    void unlock() {}
#endif
};

void hold() {
    my_lock lock;
    const allot::lock_guard guard(lock);
}
