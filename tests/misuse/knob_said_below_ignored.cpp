// expect: traits: cached_chunk_limit and cached_bytes_limit were set, but immediate coalescing caches nothing
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_traits = allot::tuned<allot::knobs{.fit_probes = 1}, allot::tuned<allot::knobs{.cached_chunk_limit = 256}>>;
#else
using my_traits = allot::tuned<allot::knobs{.coalescing = allot::coalescing::immediate},
                               allot::tuned<allot::knobs{.cached_chunk_limit = 256}>>;
#endif

allot::basic_heap<my_traits> refused;
