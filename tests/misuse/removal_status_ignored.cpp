// expect: ignoring return value
#include <allot/locked_heap.hpp>

void take_back(allot::heap& heap, allot::locked_heap<>& locked, void* memory) {
#if defined(ALLOT_TEST_CONTROL)
    if (heap.remove_region(memory, 4096) != allot::region_status::ok) return;
    if (locked.remove_region(memory, 4096) != allot::region_status::ok) return;
#else
    heap.remove_region(memory, 4096);
    locked.remove_region(memory, 4096);
#endif
}
