// expect: traits: the granule must be a power of two
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t granule = 32;
#else
    static constexpr std::size_t granule = 24;
#endif
};

allot::basic_heap<my_traits> refused;
