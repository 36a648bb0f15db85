// What a heap is to those that stand before it: the adapters, and anything else that only wants payloads.
//
//     allocator   memory_resource   new_delete   malloc
//           \           |             |         /
//            --------- payload_heap ------------          allot::basic_heap, allot::locked_heap, or a heap of your own
//
// The law of a payload heap, beyond the signatures that the compiler can check:
//   * `allocate(bytes, alignment)` is null, or a payload that nobody else has, of at least `bytes` bytes, aligned; of 0 too;
//   * `allocate_zeroed` is the same with zeros; `reallocate` keeps the content up to the smaller size, or fails, keeping all;
//   * `deallocate` takes a payload back, or null; a size and an alignment that it is given are those of the request;
//   * `usable_size(payload)` is how many bytes the owner may use, at least as many as were asked for;
//   * more than `max_request` bytes are never met, and every payload is a multiple of `default_alignment`;
//   * no verb throws; `traits_type::on_exhausted(bytes)` is called by who may not answer null, outside every lock.
//
// Guarantees: nothing at run time.
#pragma once

#include <allot/base/config.hpp>

#include <concepts>
#include <cstddef>

namespace allot {

template <class Heap>
concept payload_heap = requires(Heap& heap, void* payload, std::size_t bytes) {
    { Heap::default_alignment } -> std::convertible_to<std::size_t>;
    { Heap::max_request } -> std::convertible_to<std::size_t>;
    { heap.allocate(bytes, bytes) }
    noexcept->std::same_as<void*>;
    { heap.allocate_zeroed(bytes, bytes) }
    noexcept->std::same_as<void*>;
    { heap.reallocate(payload, bytes, bytes) }
    noexcept->std::same_as<void*>;
    { heap.deallocate(payload) }
    noexcept->std::same_as<void>;
    { heap.deallocate(payload, bytes, bytes) }
    noexcept->std::same_as<void>;
    { Heap::usable_size(payload) }
    noexcept->std::same_as<std::size_t>;
    Heap::traits_type::on_exhausted(bytes);
};

namespace detail {

/// Stands for what is no heap, once that was said, so that nothing else complains. Its verbs are nowhere defined.
struct no_heap {
    struct traits_type {
        static void on_exhausted(std::size_t bytes) noexcept;
    };
    static constexpr std::size_t default_alignment = alignof(std::max_align_t);
    static constexpr std::size_t max_request = 0;

    static void* allocate(std::size_t bytes, std::size_t alignment) noexcept;
    static void* allocate_zeroed(std::size_t bytes, std::size_t alignment) noexcept;
    static void* reallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept;
    static void deallocate(void* payload) noexcept;
    static void deallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept;
    static std::size_t usable_size(const void* payload) noexcept;
};

static_assert(payload_heap<no_heap>);

/// The object itself if it is a heap.
template <class Heap>
ALLOT_INLINE auto& heap_or_none([[maybe_unused]] Heap& object) noexcept {
    if constexpr (payload_heap<Heap>) {
        return object;
    } else {
        static constinit no_heap none_at_all{};
        return none_at_all;
    }
}

/// Says so if it is none, and is true in any case.
template <class Heap>
consteval bool say_if_no_heap() noexcept {
    static_assert(payload_heap<Heap>, "adapters: the heap must have the verbs of allot::basic_heap");
    return true;
}

}  // namespace detail
}  // namespace allot
