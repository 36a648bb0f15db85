// What sizes.sh measures: heaps whose size is that of their symbol, or, with ALLOT_CODE_OF, the three verbs of one heap.
#include <allot/allot.hpp>

#include <cstddef>

namespace {

/// As small as a control block gets without giving up what a heap does: few bins, chunks up to 16 MiB.
struct smallest_traits : allot::bounded_traits {
    static constexpr std::size_t exact_bin_limit = 64;
    static constexpr std::size_t bin_subdivision = 1;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 24;
};

using bounded_heap = allot::basic_heap<allot::bounded_traits>;
using compact_heap = allot::basic_heap<allot::compact_traits>;
using smallest_heap = allot::basic_heap<smallest_traits>;

}  // namespace

extern "C" {
#if defined(ALLOT_CODE_OF)
constinit ALLOT_CODE_OF measured;

void* allocate(std::size_t bytes) { return measured.allocate(bytes); }
void deallocate(void* payload) { measured.deallocate(payload); }
void* reallocate(void* payload, std::size_t bytes) { return measured.reallocate(payload, bytes); }
#else
constinit allot::heap heap_default;
constinit bounded_heap heap_bounded;
constinit compact_heap heap_compact;
constinit smallest_heap heap_smallest;
constinit allot::locked_heap<> locked_default;
constinit allot::locked_heap<bounded_heap> locked_bounded;
constinit allot::locked_heap<compact_heap> locked_compact;
constinit allot::locked_heap<smallest_heap> locked_smallest;
#endif
}
