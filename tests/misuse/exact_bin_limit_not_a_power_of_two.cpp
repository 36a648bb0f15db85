// expect: traits: exact_bin_limit must be a power of two
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t exact_bin_limit = 2048;
#else
    static constexpr std::size_t exact_bin_limit = 1025;
#endif
};

allot::basic_heap<my_traits> refused;
