// expect: traits: fit_probes must be at least 1
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t fit_probes = 1;
#else
    static constexpr std::size_t fit_probes = 0;
#endif
};

allot::basic_heap<my_traits> refused;
