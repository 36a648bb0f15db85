// expect: adapters: the heap must have the verbs of allot::basic_heap
#include <allot/adapters/new_delete.hpp>
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_heap = allot::heap;
#else
struct my_heap {
    void* allocate(std::size_t bytes);
};
#endif

my_heap heap;
ALLOT_REPLACE_NEW_DELETE(heap)
