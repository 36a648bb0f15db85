// expect: traits: derive them from allot::default_traits, and keep the type of each knob
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_traits = allot::default_traits;
#else
using my_traits = int;
#endif

allot::basic_heap<my_traits> refused;
