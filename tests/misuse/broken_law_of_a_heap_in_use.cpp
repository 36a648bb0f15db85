// expect: traits: the granule must be a power of two
#include <allot/locked_heap.hpp>

struct my_traits : allot::default_traits {
#if !defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t granule = 48;
    static constexpr std::size_t bin_subdivision = 0;  // of two mistakes the first is said
#endif
};

allot::locked_heap<allot::basic_heap<my_traits>> refused;

void use() { refused.deallocate(refused.reallocate(refused.allocate(100), 200)); }
