// expect: no match for .operator==|invalid operands
#include <allot/adapters/allocator.hpp>

using other_heap = allot::basic_heap<allot::bounded_traits>;

bool compare(allot::heap& one, other_heap& other) {
#if defined(ALLOT_TEST_CONTROL)
    static_cast<void>(other);
    return allot::allocator<int>(one) == allot::allocator<char>(one);
#else
    return allot::allocator<int>(one) == allot::allocator<int, other_heap>(other);
#endif
}
