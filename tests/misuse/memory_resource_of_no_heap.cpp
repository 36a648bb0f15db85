// expect: adapters: the heap must have the verbs of allot::basic_heap
#include <allot/adapters/memory_resource.hpp>
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_heap = allot::heap;
#else
struct my_heap {
    void* allocate(std::size_t bytes);
};
#endif

void use(my_heap& heap) { allot::memory_resource<my_heap> resource(heap); }
