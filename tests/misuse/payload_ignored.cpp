// expect: ignoring return value
#include <allot/heap.hpp>

void leak(allot::heap& heap) {
#if defined(ALLOT_TEST_CONTROL)
    heap.deallocate(heap.allocate(100));
#else
    heap.allocate(100);
#endif
}
