// expect: traits: fit_looks was set, but an exhaustive search looks at every chunk
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_traits = allot::tuned<allot::knobs{.search = allot::fit_search::bounded, .fit_looks = 8}>;
#else
using my_traits = allot::tuned<allot::knobs{.search = allot::fit_search::exhaustive, .fit_looks = 8}>;
#endif

allot::basic_heap<my_traits> refused;
