// What the malloc library is made of when the tests build it (cmake/malloc): the traits that ALLOT_TEST_TRAITS names, and parts
// in which the fault that ALLOT_TEST_SABOTAGE names is planted.
#pragma once

#include "faulty_heap.hpp"
#include "sabotage.hpp"

#include <allot/adapters/hosted.hpp>

#include <type_traits>

namespace allot_malloc {

class no_lock_at_all {
public:
    static void lock() noexcept {}
    static void unlock() noexcept {}
};

// Held at the fork, and still held in the child.
class lock_that_forks_break : public allot::sleeping_lock {
public:
    static void reset() noexcept {}
};

using base_traits = allot::ALLOT_TEST_TRAITS;
using lock = std::conditional_t<
    planted == sabotage::lock_does_nothing, no_lock_at_all,
    std::conditional_t<planted == sabotage::fork_keeps_the_lock, lock_that_forks_break, allot::hosted_lock>>;

template <class Heap>
using finished = std::conditional_t<is_planted_in_the_heap, faulty_heap<Heap>, Heap>;

template <class Heap>
void before_the_report([[maybe_unused]] Heap& heap) noexcept {
    if constexpr (planted == sabotage::heap_is_damaged_at_exit) damage_a_header(heap);
}

}  // namespace allot_malloc
