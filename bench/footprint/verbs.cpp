// What footprint.sh measures: the code of the three verbs of one heap, and heaps whose size is that of their symbol.
#include <allot/heap.hpp>

extern "C" {

constinit allot::heap default_heap;

constinit allot::basic_heap<allot::small_traits> small_heap;

void* allocate(std::size_t bytes) { return default_heap.allocate(bytes); }

void deallocate(void* payload) { default_heap.deallocate(payload); }

void* reallocate(void* payload, std::size_t bytes) { return default_heap.reallocate(payload, bytes); }
}
