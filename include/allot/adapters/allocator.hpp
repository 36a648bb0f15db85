// A heap as a standard Allocator.
//
//     std::vector<int, allot::allocator<int>> numbers{allot::allocator<int>(my_heap)};
//
// Guarantees: over-aligned T; std::bad_array_new_length where the bytes of n objects do not fit a size_t, and
// std::bad_alloc where the heap has none, after Traits::on_exhausted (both trap without exceptions). Copies and
// rebound copies are equal: they name the same heap. The heap must outlive them and all that they allocated.
//
// Which heap a container is left with:
//     copy constructed   that of the original
//     copy assigned      its own: elements are copied across
//     move assigned      that of the source: the memory changes hands, no element is moved
//     swapped            that of the other: containers over two heaps may be swapped
//
// Needs no library beyond <new>: usable in a freestanding program.
#pragma once

#include <allot/adapters/exhausted.hpp>
#include <allot/heap.hpp>
#include <allot/policy/heap_concept.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <version>

#if defined(__cpp_lib_allocate_at_least)
#include <memory>
#endif

namespace allot {

#if defined(__cpp_lib_allocate_at_least)
using std::allocation_result;
#else
/// An allocation and the number of objects that fit it: std::allocation_result, before C++23.
template <class Pointer, class SizeType = std::size_t>
struct allocation_result {
    Pointer ptr;
    SizeType count;
};
#endif

template <class T, class Heap = heap>
class allocator {
    static_assert(detail::say_if_no_heap<Heap>());

public:
    using value_type = T;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using propagate_on_container_copy_assignment = std::false_type;
    using propagate_on_container_move_assignment = std::true_type;
    using propagate_on_container_swap = std::true_type;
    using is_always_equal = std::false_type;

    template <class Other>
    struct rebind {
        using other = allocator<Other, Heap>;
    };

    constexpr explicit allocator(Heap& heap_object) noexcept : heap_(&heap_object) {}

    template <class Other>
    constexpr allocator(const allocator<Other, Heap>& other) noexcept : heap_(&other.heap_object()) {}

    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(detail::allocate_or_give_up(detail::heap_or_none(*heap_), bytes_of(count), alignof(T)));
    }

    /// An array of at least `count` objects, and how many there is room for.
    [[nodiscard]] allocation_result<T*> allocate_at_least(std::size_t count) {
        T* const first = allocate(count);
        return {first, Heap::usable_size(first) / sizeof(T)};
    }

    /// Takes back an array. `count` is what was asked for, what allocate_at_least answered, or between the two.
    void deallocate(T* first, std::size_t count) noexcept {
        detail::heap_or_none(*heap_).deallocate(first, count * sizeof(T), alignof(T));
    }

    /// The longest array that may be asked for.
    [[nodiscard]] static constexpr std::size_t max_size() noexcept { return Heap::max_request / sizeof(T); }

    /// The heap that it allocates from.
    [[nodiscard]] constexpr Heap& heap_object() const noexcept { return *heap_; }

    template <class Other>
    [[nodiscard]] constexpr bool operator==(const allocator<Other, Heap>& other) const noexcept {
        return heap_ == &other.heap_object();
    }

private:
    static std::size_t bytes_of(std::size_t count) {
        if (count > SIZE_MAX / sizeof(T)) detail::throw_or_trap<std::bad_array_new_length>();
        return count * sizeof(T);
    }

    Heap* heap_;
};

}  // namespace allot
