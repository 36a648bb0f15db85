// The faults that can be planted in a malloc library, to see that the program tests find them.
//
// It is built with ALLOT_TEST_SABOTAGE naming one of them, or `none`.
#pragma once

#include <cstddef>

enum class sabotage {
    none,
    calloc_does_not_zero,
    realloc_loses_bytes,
    lock_does_nothing,
    fork_keeps_the_lock,
    heap_is_damaged_at_exit,
};

inline constexpr sabotage planted = sabotage::ALLOT_TEST_SABOTAGE;
inline constexpr bool is_planted_in_the_heap =
    planted == sabotage::calloc_does_not_zero || planted == sabotage::realloc_loses_bytes;

// What an overflow by one word does: the header above the payload is gone.
template <class Heap>
void damage_a_header(Heap& heap) {
    auto* const payload = static_cast<std::size_t*>(heap.allocate(1));
    payload[heap.usable_size(payload) / sizeof(std::size_t)] = 1;
}
