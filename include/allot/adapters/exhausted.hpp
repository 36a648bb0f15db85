// What the adapters do that may not answer null: operator new, allot::allocator, allot::memory_resource.
//
//     heap.allocate == null --> Traits::on_exhausted(bytes) --> heap.allocate == null --> throw std::bad_alloc, or trap
//                                                                                         without exceptions
//
// Guarantees: `on_exhausted` runs outside every lock; it may print, halt, or free memory of the same heap.
#pragma once

#include <allot/base/align.hpp>
#include <allot/base/exceptions.hpp>

#include <cstddef>
#include <new>

namespace allot::detail {

/// True for an alignment that no heap of this kind can meet, whatever memory it has.
template <class Heap>
[[nodiscard]] constexpr bool is_hopeless(std::size_t alignment) noexcept {
    return !is_power_of_two(alignment) || alignment > Heap::max_request;
}

/// Tries a request that was not met once more, after the traits were told.
template <class Heap>
[[nodiscard]] ALLOT_COLD void* allocate_when_exhausted(Heap& heap, std::size_t bytes, std::size_t alignment) {
    Heap::traits_type::on_exhausted(bytes);
    return heap.allocate(bytes, alignment);
}

/// The payload of an allocation that never answers null.
template <class Heap>
[[nodiscard]] void* allocate_or_give_up(Heap& heap, std::size_t bytes, std::size_t alignment) {
    void* payload = heap.allocate(bytes, alignment);
    if (payload != nullptr) [[likely]]
        return payload;
    payload = allocate_when_exhausted(heap, bytes, alignment);
    if (payload == nullptr) throw_or_trap<std::bad_alloc>();
    return payload;
}

}  // namespace allot::detail
