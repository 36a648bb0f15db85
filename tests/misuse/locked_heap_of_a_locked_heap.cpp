// expect: locked_heap: the heap must be an allot::basic_heap, or derive from one in public
#include <allot/locked_heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_heap = allot::heap;
#else
using my_heap = allot::locked_heap<>;
#endif

allot::locked_heap<my_heap> refused;
