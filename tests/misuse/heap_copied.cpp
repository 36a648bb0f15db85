// expect: use of deleted function|call to deleted constructor
#include <allot/heap.hpp>

allot::heap original;
#if defined(ALLOT_TEST_CONTROL)
allot::heap& refused = original;
#else
allot::heap refused = original;
#endif
