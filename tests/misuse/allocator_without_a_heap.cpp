// expect: no matching (function|constructor)
#include <allot/adapters/allocator.hpp>

allot::heap my_heap;
#if defined(ALLOT_TEST_CONTROL)
allot::allocator<int> refused(my_heap);
#else
allot::allocator<int> refused;
#endif
