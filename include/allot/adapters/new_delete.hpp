// A heap as the global operator new and delete.
//
//     constinit allot::locked_heap<> kernel_heap;
//     ALLOT_REPLACE_NEW_DELETE(kernel_heap)             in exactly one translation unit, outside every namespace
//
// defines all 20 replaceable forms: {new, new[]} x {plain, aligned} x {throwing, nothrow} and
// {delete, delete[]} x {plain, sized, aligned, sized and aligned, nothrow, aligned nothrow}.
//
//     throwing new:  allocate -> Traits::on_exhausted, allocate -> [ new-handler, allocate -> ] ... bad_alloc
//     nothrow new:   allocate ------------------------------------> [ new-handler, allocate -> ] ... null
//
// Guarantees: a throwing form never returns null. The handler loop exists in hosted programs; it ends when there is
// no handler, and none is called for an alignment that no heap can meet. Freestanding or without exceptions the end
// of the line is a trap instead of bad_alloc. A nothrow form runs no `on_exhausted`, for its caller has an answer to
// null, and answers null if the handler throws. What delete is told goes on to the heap, which may check it.
//
// `heap_object` is any expression that names the heap; it must work before the first static constructor allocates:
// a constant-initialised heap with a source, or a function that returns a reference to one.
#pragma once

#include <allot/adapters/exhausted.hpp>
#include <allot/base/config.hpp>
#include <allot/policy/heap_concept.hpp>

#include <cstddef>
#include <new>
#include <type_traits>

namespace allot::detail {

/// What plain new promises: enough for every type that is not over-aligned.
template <class Heap>
inline constexpr std::align_val_t new_alignment{Heap::default_alignment > __STDCPP_DEFAULT_NEW_ALIGNMENT__
                                                    ? Heap::default_alignment
                                                    : __STDCPP_DEFAULT_NEW_ALIGNMENT__};

/// Calls the new handler, which finds memory, throws or ends the program. False: there is none.
inline bool call_new_handler() {
    if constexpr (ALLOT_HOSTED) {
        const std::new_handler handler = std::get_new_handler();
        if (handler != nullptr) handler();
        return handler != nullptr;
    } else {
        return false;
    }
}

/// Calls the new-handler and tries again, until there is memory or no handler left. Failure: null, or what it throws.
template <class Heap>
void* new_with_handler(Heap& heap, std::size_t bytes, std::align_val_t alignment) {
    if (is_hopeless<Heap>(static_cast<std::size_t>(alignment))) return nullptr;
    void* payload = nullptr;
    while (payload == nullptr && call_new_handler())
        payload = heap.allocate(bytes, static_cast<std::size_t>(alignment));
    return payload;
}

/// The throwing forms.
template <class Heap>
void* new_throwing(Heap& heap, std::size_t bytes, std::align_val_t alignment = new_alignment<Heap>) {
    void* payload = heap.allocate(bytes, static_cast<std::size_t>(alignment));
    if (payload != nullptr) return payload;
    payload = allocate_when_exhausted(heap, bytes, static_cast<std::size_t>(alignment));
    if (payload == nullptr) payload = new_with_handler(heap, bytes, alignment);
    if (payload == nullptr) throw_or_trap<std::bad_alloc>();
    return payload;
}

/// The nothrow forms.
template <class Heap>
void* new_nothrow(Heap& heap, std::size_t bytes, std::align_val_t alignment = new_alignment<Heap>) noexcept {
    void* payload = heap.allocate(bytes, static_cast<std::size_t>(alignment));
    if (payload != nullptr) return payload;
    call_swallowing_exceptions([&] { payload = new_with_handler(heap, bytes, alignment); });
    return payload;
}

/// The forms of delete that know the size.
template <class Heap>
void delete_sized(Heap& heap, void* payload, std::size_t bytes,
                  std::align_val_t alignment = new_alignment<Heap>) noexcept {
    heap.deallocate(payload, bytes, static_cast<std::size_t>(alignment));
}

}  // namespace allot::detail

// `new_operator` is new or new[], `delete_operator` is delete or delete[].
#define ALLOT_REPLACE_NEW_FORMS(new_operator, heap_object)                                                       \
    void* operator new_operator(std::size_t bytes) { return ::allot::detail::new_throwing(heap_object, bytes); } \
    void* operator new_operator(std::size_t bytes, std::align_val_t alignment) {                                 \
        return ::allot::detail::new_throwing(heap_object, bytes, alignment);                                     \
    }                                                                                                            \
    void* operator new_operator(std::size_t bytes, const std::nothrow_t&) noexcept {                             \
        return ::allot::detail::new_nothrow(heap_object, bytes);                                                 \
    }                                                                                                            \
    void* operator new_operator(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept { \
        return ::allot::detail::new_nothrow(heap_object, bytes, alignment);                                      \
    }

#define ALLOT_REPLACE_DELETE_FORMS(delete_operator, heap_object)                                                   \
    void operator delete_operator(void* payload) noexcept { (heap_object).deallocate(payload); }                   \
    void operator delete_operator(void* payload, std::size_t bytes) noexcept {                                     \
        ::allot::detail::delete_sized(heap_object, payload, bytes);                                                \
    }                                                                                                              \
    void operator delete_operator(void* payload, std::align_val_t) noexcept { (heap_object).deallocate(payload); } \
    void operator delete_operator(void* payload, std::size_t bytes, std::align_val_t alignment) noexcept {         \
        ::allot::detail::delete_sized(heap_object, payload, bytes, alignment);                                     \
    }                                                                                                              \
    void operator delete_operator(void* payload, const std::nothrow_t&) noexcept {                                 \
        (heap_object).deallocate(payload);                                                                         \
    }                                                                                                              \
    void operator delete_operator(void* payload, std::align_val_t, const std::nothrow_t&) noexcept {               \
        (heap_object).deallocate(payload);                                                                         \
    }

#define ALLOT_REPLACE_ALL_FORMS(heap_object)        \
    ALLOT_REPLACE_NEW_FORMS(new, heap_object)       \
    ALLOT_REPLACE_NEW_FORMS(new[], heap_object)     \
    ALLOT_REPLACE_DELETE_FORMS(delete, heap_object) \
    ALLOT_REPLACE_DELETE_FORMS(delete[], heap_object)

#define ALLOT_REPLACE_NEW_DELETE(heap_object)                                                           \
    static_assert(::allot::detail::say_if_no_heap<::std::remove_reference_t<decltype(heap_object)>>()); \
    ALLOT_REPLACE_ALL_FORMS(::allot::detail::heap_or_none(heap_object))
