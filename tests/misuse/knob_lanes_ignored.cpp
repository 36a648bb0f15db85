// expect: traits: lanes were set, but with immediate coalescing nothing waits in them
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_traits = allot::tuned<allot::knobs{.fit_looks = 8}, allot::bounded_traits>;
#else
using my_traits = allot::tuned<allot::knobs{.lanes = 4}, allot::bounded_traits>;
#endif

allot::basic_heap<my_traits> refused;
