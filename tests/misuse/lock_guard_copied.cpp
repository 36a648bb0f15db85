// expect: deleted
#include <allot/policy/lock.hpp>

void hold_twice() {
    allot::null_lock lock;
    const allot::lock_guard first(lock);
#if defined(ALLOT_TEST_CONTROL)
    const allot::lock_guard second(lock);
#else
    const allot::lock_guard second(first);
#endif
}
