// expect: traits: the granule must be at least two words
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t granule = 2 * sizeof(std::size_t);
#else
    static constexpr std::size_t granule = sizeof(std::size_t);
#endif
};

allot::basic_heap<my_traits> refused;
