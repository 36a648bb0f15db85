// expect: traits: deferred coalescing needs a cached_chunk_limit of at least a granule
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t cached_chunk_limit = granule;
#else
    static constexpr std::size_t cached_chunk_limit = granule - 1;
#endif
};

allot::basic_heap<my_traits> refused;
