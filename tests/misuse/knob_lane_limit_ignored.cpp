// expect: traits: lane_bytes_limit was set, but the heap has no lanes
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_traits = allot::tuned<allot::knobs{.lanes = 4, .lane_bytes_limit = 4096}>;
#else
using my_traits = allot::tuned<allot::knobs{.lanes = 0, .lane_bytes_limit = 4096}>;
#endif

allot::basic_heap<my_traits> refused;
