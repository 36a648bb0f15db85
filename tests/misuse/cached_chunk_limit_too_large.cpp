// expect: traits: cached_chunk_limit must be at most exact_bin_limit
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t cached_chunk_limit = exact_bin_limit;
#else
    static constexpr std::size_t cached_chunk_limit = 2 * exact_bin_limit;
#endif
};

allot::basic_heap<my_traits> refused;
