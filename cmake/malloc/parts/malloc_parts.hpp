// What the heap of a whole process is made of. The tests compile malloc.cpp with other parts in which a fault is planted.
#pragma once

#include <allot/adapters/hosted.hpp>

namespace allot_malloc {

using base_traits = allot::hosted_traits;
using lock = allot::hosted_lock;

template <class Heap>
using finished = Heap;

template <class Heap>
void before_the_report(Heap& /*heap*/) noexcept {}

}  // namespace allot_malloc
