// expect: traits: bin_subdivision must be a power of two
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t bin_subdivision = 8;
#else
    static constexpr std::size_t bin_subdivision = 12;
#endif
};

allot::basic_heap<my_traits> refused;
