// expect: traits: that makes more bins than can be named
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t exact_bin_limit = 8192;
#else
    static constexpr std::size_t exact_bin_limit = 32768;
#endif
};

allot::basic_heap<my_traits> refused;
