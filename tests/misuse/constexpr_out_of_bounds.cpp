// expect: array subscript value .* is outside the bounds|cannot refer to element .* of array of|read of dereferenced one-past-the-end
#include "support/constexpr_memory.hpp"
#include "support/shipped_core.hpp"

using namespace allot_test;
using word_memory = constexpr_memory<std::uint64_t>;

// The heap is told that its region is larger than the memory is: its fencepost would be outside.
constexpr bool life() {
    constexpr_arena<std::uint64_t, 64> arena{};
    shipped_core<allot::bounded_traits, word_memory> heap{word_memory(arena)};
#if defined(ALLOT_TEST_CONTROL)
    const std::size_t bytes = arena.bytes;
#else
    const std::size_t bytes = arena.bytes + 16;
#endif
    return heap.add_region(arena.first_address, bytes) == allot::region_status::ok && heap.allocate({24, 16}) != 0;
}
static_assert(life());
