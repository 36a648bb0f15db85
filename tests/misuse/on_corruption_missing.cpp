// expect: traits: on_corruption must be .static void on_corruption
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if !defined(ALLOT_TEST_CONTROL)
    static void on_corruption(const allot::corruption_report&) = delete;
#endif
};

allot::basic_heap<my_traits> refused;
