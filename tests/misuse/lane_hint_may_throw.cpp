// expect: traits: lane_hint must be .static std::size_t lane_hint
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static std::size_t lane_hint() noexcept { return 0; }
#else
    static std::size_t lane_hint() { return 0; }
#endif
};

allot::basic_heap<my_traits> refused;
