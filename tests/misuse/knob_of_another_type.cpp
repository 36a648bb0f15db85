// expect: invalid conversion|no viable conversion|could not convert
#include <allot/heap.hpp>

#if defined(ALLOT_TEST_CONTROL)
using my_traits = allot::tuned<allot::knobs{.coalescing = allot::coalescing::immediate}>;
#else
using my_traits = allot::tuned<allot::knobs{.coalescing = allot::hardening::none}>;
#endif

allot::basic_heap<my_traits> refused;
