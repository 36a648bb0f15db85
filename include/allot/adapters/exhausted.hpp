// What the adapters do that may not answer null: operator new, allot::allocator, allot::memory_resource.
//
//     heap.allocate == null --> Traits::on_exhausted(bytes) --> throw std::bad_alloc, or trap without exceptions
//
// Guarantees: `on_exhausted` runs outside every lock; it may print or halt.
#pragma once

#include <allot/base/exceptions.hpp>

#include <cstddef>
#include <new>

namespace allot::detail {

/// Ends a request for `bytes` that `Heap` could not meet. Never returns.
template <class Heap>
[[noreturn]] ALLOT_COLD void give_up(std::size_t bytes) {
    Heap::traits_type::on_exhausted(bytes);
    throw_or_trap<std::bad_alloc>();
}

/// The payload of an allocation that never answers null.
template <class Heap>
[[nodiscard]] void* allocate_or_give_up(Heap& heap, std::size_t bytes, std::size_t alignment) {
    void* const payload = heap.allocate(bytes, alignment);
    if (payload == nullptr) give_up<Heap>(bytes);
    return payload;
}

}  // namespace allot::detail
