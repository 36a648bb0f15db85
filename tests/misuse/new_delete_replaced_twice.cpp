// expect: redefinition
#include <allot/adapters/new_delete.hpp>
#include <allot/heap.hpp>

constinit allot::heap my_heap;
ALLOT_REPLACE_NEW_DELETE(my_heap)
#if !defined(ALLOT_TEST_CONTROL)
ALLOT_REPLACE_NEW_DELETE(my_heap)
#endif
