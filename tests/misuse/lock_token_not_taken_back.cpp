// expect: locked_heap: the lock must have lock\(\) and unlock\(\), or a lock\(\) whose result unlock\(\) takes
#include <allot/locked_heap.hpp>

struct my_lock {
    int lock() { return 1; }
#if defined(ALLOT_TEST_CONTROL)
    void unlock(int) {}
#else
    void unlock() {}
#endif
};

allot::locked_heap<allot::heap, my_lock> refused;
