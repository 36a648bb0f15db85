// expect: traits: growth_room must be at most 1024
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t growth_room = 1024;
#else
    static constexpr std::size_t growth_room = 1025;
#endif
};

allot::basic_heap<my_traits> refused;
