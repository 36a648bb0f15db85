// expect: accessing .*::live. member instead of .*::dead|read of member 'live' of union with active member 'dead'
#include "support/constexpr_script.hpp"

using namespace allot_test;
using heap = script_config<std::uint64_t, allot::links::word, allot::coalescing::immediate>;

// Deallocating looks at the payload first: of one that was given back there is nothing to look at.
constexpr bool life() {
    script_heap<heap> owner;
    owner.add_spans(0, 1);
    script_heap<heap>::owned_payload first;
    owner.allocate(first, {24, 16});
#if !defined(ALLOT_TEST_CONTROL)
    script_heap<heap>::owned_payload again = first;
    owner.deallocate(again);
#endif
    owner.deallocate(first);
    return true;
}
static_assert(life());
