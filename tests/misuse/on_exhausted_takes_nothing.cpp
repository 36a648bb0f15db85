// expect: traits: on_exhausted must be .static void on_exhausted
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static void on_exhausted(std::size_t) noexcept {}
#else
    static void on_exhausted() noexcept {}
#endif
};

allot::basic_heap<my_traits> refused;
