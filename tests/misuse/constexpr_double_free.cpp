// expect: call to non-.constexpr. function .*report_not_owned|non-constexpr function 'report_not_owned' cannot be used
#include "support/constexpr_memory.hpp"
#include "support/shipped_core.hpp"

using namespace allot_test;
using word_memory = constexpr_memory<std::uint64_t>;

constexpr bool life() {
    constexpr_arena<std::uint64_t, 64> arena{};
    shipped_core<allot::bounded_traits, word_memory> heap{word_memory(arena)};
    static_cast<void>(heap.add_region(arena.first_address, arena.bytes));
    const std::size_t payload = heap.allocate({24, 16});
    heap.deallocate(payload, {0});
#if !defined(ALLOT_TEST_CONTROL)
    heap.deallocate(payload, {0});
#endif
    return is_sound(heap);
}
static_assert(life());
