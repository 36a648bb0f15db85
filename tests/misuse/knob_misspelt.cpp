// expect: fit_look|field designator
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_traits = allot::tuned<allot::knobs{.fit_looks = 8}>;
#else
using my_traits = allot::tuned<allot::knobs{.fit_look = 8}>;
#endif

allot::basic_heap<my_traits> refused;
