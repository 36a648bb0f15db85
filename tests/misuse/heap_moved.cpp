// expect: use of deleted function|call to deleted constructor
#include <allot/locked_heap.hpp>

#include <utility>

allot::locked_heap<> original;
#if defined(ALLOT_TEST_CONTROL)
allot::locked_heap<>&& refused = std::move(original);
#else
allot::locked_heap<> refused = std::move(original);
#endif
