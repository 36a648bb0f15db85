// expect: traits: most_askers must be at least 1
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t most_askers = 1;
#else
    static constexpr std::size_t most_askers = 0;
#endif
};

allot::basic_heap<my_traits> refused;
