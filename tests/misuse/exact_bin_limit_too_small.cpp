// expect: traits: exact_bin_limit must be at least bin_subdivision granules
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t exact_bin_limit = 16 * granule;
    static constexpr std::size_t cached_chunk_limit = 64;
#else
    static constexpr std::size_t exact_bin_limit = 8 * granule;
    static constexpr std::size_t cached_chunk_limit = 64;
#endif
};

allot::basic_heap<my_traits> refused;
