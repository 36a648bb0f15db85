// expect: traits: deferred coalescing needs a granule of at least 8
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t granule = 16;
#else
    static constexpr std::size_t granule = 4;
#endif
};

allot::basic_heap<my_traits> refused;
