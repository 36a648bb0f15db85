// expect: deleted
#include <allot/policy/spin_lock.hpp>

allot::spin_lock original;
#if defined(ALLOT_TEST_CONTROL)
allot::spin_lock& copy = original;
#else
allot::spin_lock copy = original;
#endif
