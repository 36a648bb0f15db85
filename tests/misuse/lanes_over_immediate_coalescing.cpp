// expect: traits: lanes were set, but with immediate coalescing nothing waits in them
#include <allot/heap.hpp>

struct my_traits : allot::bounded_traits {
#if !defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t lanes = 16;
#endif
};

allot::basic_heap<my_traits> refused;
