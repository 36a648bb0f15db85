// expect: accessing .*::live. member instead of .*::dead|read of member 'live' of union with active member 'dead'
#include "support/constexpr_memory.hpp"
#include "support/shipped_core.hpp"

using namespace allot_test;
using word_memory = constexpr_memory<std::uint64_t>;

constexpr bool life() {
    constexpr_arena<std::uint64_t, 64> arena{};
    word_memory words(arena);
    shipped_core<allot::bounded_traits, word_memory> heap(words);
    static_cast<void>(heap.add_region(arena.first_address, arena.bytes));
    const std::size_t payload = heap.allocate({24, 16});
    words.lease(payload, payload + 24);
    words.write(payload, 1);
#if defined(ALLOT_TEST_CONTROL)
    return words.read(payload) == 1;
#else
    return words.read(payload + 8) == 0;
#endif
}
static_assert(life());
