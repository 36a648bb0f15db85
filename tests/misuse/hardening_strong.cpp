// expect: traits: hardening::strong and hardening::full are not in this version; use hardening::basic
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr auto hardening = allot::hardening::basic;
#else
    static constexpr auto hardening = allot::hardening::strong;
#endif
};

allot::basic_heap<my_traits> refused;
