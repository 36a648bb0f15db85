// expect: ignoring return value
#include <allot/locked_heap.hpp>

void give(allot::heap& heap, allot::locked_heap<>& locked, void* memory) {
#if defined(ALLOT_TEST_CONTROL)
    if (heap.add_region(memory, 4096) != allot::region_status::ok) return;
    if (locked.add_region(memory, 4096) != allot::region_status::ok) return;
#else
    heap.add_region(memory, 4096);
    locked.add_region(memory, 4096);
#endif
}
