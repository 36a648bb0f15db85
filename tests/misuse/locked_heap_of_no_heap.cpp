// expect: locked_heap: the heap must be an allot::basic_heap, or derive from one in public
#include <allot/locked_heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_heap = allot::heap;
#else
using my_heap = int;
#endif

allot::locked_heap<my_heap> refused;

void use() { refused.deallocate(refused.allocate(100)); }
