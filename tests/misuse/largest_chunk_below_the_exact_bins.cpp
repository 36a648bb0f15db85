// expect: traits: largest_chunk must be a power of two, at least exact_bin_limit
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t largest_chunk = 1024 * 1024;
#else
    static constexpr std::size_t largest_chunk = 512;
#endif
};

allot::basic_heap<my_traits> refused;
