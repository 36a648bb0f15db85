// expect: traits: lanes must be 0 or a power of two, at most 128
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t lanes = 4;
#else
    static constexpr std::size_t lanes = 6;
#endif
};

allot::basic_heap<my_traits> refused;
