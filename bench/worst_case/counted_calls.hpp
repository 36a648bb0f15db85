// Calls that valgrind's callgrind counts one by one.
//
//     one_allocate( counted_allocate( heap.allocate ) )
//
// callgrind collects inside `counted_...` (--toggle-collect) and dumps what it has when it leaves `one_...`
// (--dump-after): it cannot do both for one function.
#pragma once

#include "worst_case/combs.hpp"

#include <cstddef>

namespace bench {

void* one_allocate(bounded_heap& heap, std::size_t bytes, std::size_t alignment);
void one_deallocate(bounded_heap& heap, void* payload);

/// Counts a reallocate but for the copy, which the payload does without here. nullptr: it failed, the payload is as it was.
void* one_reallocate(bounded_heap& heap, void* payload, std::size_t bytes);

}  // namespace bench
