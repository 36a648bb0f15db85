// What sizes.sh measures: heaps whose size is that of their symbol, or, with ALLOT_CODE_OF, the verbs of one heap.
#include <allot/allot.hpp>

#include <cstddef>

namespace {

using bounded_heap = allot::basic_heap<allot::bounded_traits>;
using compact_heap = allot::basic_heap<allot::compact_traits>;
using small_heap = allot::basic_heap<allot::small_traits>;
using unchecked_heap =
    allot::basic_heap<allot::tuned<allot::knobs{.hardening = allot::hardening::none}, allot::small_traits>>;

}  // namespace

extern "C" {
#if defined(ALLOT_CODE_OF)
constinit ALLOT_CODE_OF measured;

bool add_region(void* base, std::size_t bytes) { return measured.add_region(base, bytes) == allot::region_status::ok; }
void* allocate(std::size_t bytes) { return measured.allocate(bytes); }
void deallocate(void* payload) { measured.deallocate(payload); }
void* reallocate(void* payload, std::size_t bytes) { return measured.reallocate(payload, bytes); }
#else
constinit allot::heap heap_default;
constinit bounded_heap heap_bounded;
constinit compact_heap heap_compact;
constinit small_heap heap_small;
constinit allot::locked_heap<> locked_default;
constinit allot::locked_heap<bounded_heap> locked_bounded;
constinit allot::locked_heap<compact_heap> locked_compact;
constinit allot::locked_heap<small_heap> locked_small;
#endif
}
