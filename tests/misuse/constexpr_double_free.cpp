// expect: call to non-.constexpr. function .*report_corruption|non-constexpr function 'report_corruption' cannot be used
#include "support/constexpr_memory.hpp"
#include "support/core_heap.hpp"

using namespace allot_test;
using word_memory = constexpr_memory<std::uint64_t>;

constexpr bool life() {
    constexpr_arena<std::uint64_t, 64> arena{};
    core_heap<allot::bounded_traits, word_memory> heap{word_memory(arena)};
    heap.add_region(arena.first_address, arena.bytes);
    const std::size_t payload = heap.allocate(24);
    heap.deallocate(payload);
#if !defined(ALLOT_TEST_CONTROL)
    heap.deallocate(payload);
#endif
    return heap.is_sound();
}
static_assert(life());
