// expect: traits: least_stack_bytes must be at least 64
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t least_stack_bytes = 64;
#else
    static constexpr std::size_t least_stack_bytes = 63;
#endif
};

allot::basic_heap<my_traits> refused;
