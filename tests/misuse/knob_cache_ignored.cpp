// expect: traits: cached_chunk_limit and cached_bytes_limit were set, but immediate coalescing caches nothing
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_traits = allot::tuned<allot::knobs{.cached_bytes_limit = 4096}>;
#else
using my_traits = allot::tuned<allot::knobs{.coalescing = allot::coalescing::immediate, .cached_bytes_limit = 4096}>;
#endif

allot::basic_heap<my_traits> refused;
