// What footprint.sh measures: the code of the three verbs of one heap, and heaps whose size is that of their symbol.
#include <allot/heap.hpp>

namespace {

/// As small as the control block gets without giving up what a heap does: few bins, chunks up to 16 MiB.
struct smallest_traits : allot::bounded_traits {
    static constexpr std::size_t exact_bin_limit = 64;
    static constexpr std::size_t bin_subdivision = 1;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 24;
};

}  // namespace

extern "C" {

constinit allot::heap default_heap;

constinit allot::basic_heap<smallest_traits> smallest_heap;

void* allocate(std::size_t bytes) { return default_heap.allocate(bytes); }

void deallocate(void* payload) { default_heap.deallocate(payload); }

void* reallocate(void* payload, std::size_t bytes) { return default_heap.reallocate(payload, bytes); }
}
