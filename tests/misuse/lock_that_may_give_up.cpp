// expect: locked_heap: the lock must have lock\(\) and unlock\(\), or a lock\(\) whose result unlock\(\) takes
#include <allot/locked_heap.hpp>

struct my_lock {
#if defined(ALLOT_TEST_CONTROL)
    void lock() {}
#else
    bool lock() { return false; }
#endif
    void unlock() {}
};

allot::locked_heap<allot::heap, my_lock> refused;
