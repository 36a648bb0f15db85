// The way from a heap to what diagnostics read of it.
//
//     basic_heap<T>   locked_heap<H, L>   counted_heap : locked_heap<H, L>      ->      the chunk store inside
//
// Guarantees: takes no lock; what derives from a heap will do as well.
#pragma once

#include <allot/heap.hpp>

namespace allot {

template <class Heap, class Lock>
class locked_heap;

namespace detail {

/// The heap that `Heap` is or derives from.
template <class Heap>
struct heap_in {
    using type = basic_heap<typename Heap::traits_type>;
};
template <class Heap>
requires requires { typename Heap::lock_type; }
struct heap_in<Heap> {
    using type = locked_heap<typename Heap::heap_type, typename Heap::lock_type>;
};

/// Pre: nobody changes the heap meanwhile; the lock of a locked heap is held, or every thread but the caller has stopped.
template <class Heap>
constexpr const auto& store_of(const Heap& subject) noexcept {
    return inside<typename heap_in<Heap>::type>::core_of(subject).store();
}

}  // namespace detail
}  // namespace allot
