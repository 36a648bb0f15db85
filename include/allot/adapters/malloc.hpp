// A heap as C's malloc family.
//
//     ALLOT_REPLACE_MALLOC(heap_object)             malloc free calloc realloc reallocarray aligned_alloc
//     ALLOT_DEFINE_MALLOC(prefix, heap_object)      posix_memalign memalign valloc pvalloc malloc_usable_size
//
// The first defines them under their own names, in exactly one translation unit of a program or of a preloaded
// shared object; the second with a prefix: ALLOT_DEFINE_MALLOC(k, kernel_heap) makes kmalloc, kfree, ... Both have
// C linkage and belong outside every namespace.
//
// Guarantees, C's rules and where C leaves a choice glibc's:
//     out of memory             null, errno ENOMEM; so too where count * bytes or a page round-up would wrap
//     bad alignment             null, errno EINVAL: not a power of two; posix_memalign also: below a pointer's size
//     posix_memalign            returns the error, leaves errno and, on failure, *result alone
//     malloc(0), calloc(0, n)   a unique pointer that can be freed
//     realloc(p, 0)             frees p and returns null, errno untouched; realloc(null, 0) is malloc(0)
//     a failing realloc         leaves p intact and owned
//     free                      leaves errno alone, even if the source unmaps
// In a freestanding program there is no errno. There and under newlib a page is 4096 bytes.
//
// newlib calls malloc's family by second names (`_malloc_r`, ...), in strdup, printf and fopen. Where it is the C library
// ALLOT_REPLACE_MALLOC defines these too: otherwise they would be a second heap, and free would get its memory.
//
// A threaded program may fork: a locked heap with one of the library's locks sees to it by itself; a lock of your own wants
// handlers, see `locked_heap::lock_all`.
#pragma once

#include <allot/base/align.hpp>
#include <allot/base/config.hpp>
#include <allot/base/errno_keeper.hpp>
#include <allot/policy/heap_concept.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#if ALLOT_HOSTED
#include <unistd.h>
#include <cerrno>
#include <cstdlib>
#endif
#if __has_include(<_newlib_version.h>)
#include <_newlib_version.h>  // __NEWLIB__, also in a freestanding program
struct _reent;
#endif

namespace allot::detail {

#if ALLOT_HOSTED
enum class c_error : int { out_of_memory = ENOMEM, invalid = EINVAL };

inline void set_errno(c_error error) noexcept { errno = static_cast<int>(error); }
#else
enum class c_error : int { out_of_memory = 12, invalid = 22 };

inline void set_errno(c_error /*error*/) noexcept {}
#endif

#if ALLOT_HOSTED && !defined(__NEWLIB__)
inline std::size_t page_bytes() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }
#else
inline std::size_t page_bytes() noexcept { return 4096; }
#endif

/// What malloc promises: enough for every fundamental type.
template <class Heap>
inline constexpr std::size_t malloc_alignment = Heap::default_alignment > alignof(std::max_align_t)
                                                    ? Heap::default_alignment
                                                    : alignof(std::max_align_t);

/// `payload`, after errno has been set if it is null.
inline void* or_out_of_memory(void* payload) noexcept {
    if (payload == nullptr) set_errno(c_error::out_of_memory);
    return payload;
}

/// count * bytes, or a size that every heap refuses where that would wrap.
constexpr std::size_t array_bytes(std::size_t count, std::size_t bytes) noexcept {
    return bytes != 0 && count > SIZE_MAX / bytes ? SIZE_MAX : count * bytes;
}

/// `bytes` rounded up to whole pages, or a size that every heap refuses where that would wrap.
constexpr std::size_t whole_pages(std::size_t bytes, std::size_t page) noexcept {
    return bytes > SIZE_MAX - (page - 1) ? SIZE_MAX : align_up(bytes, page);
}

template <class Heap>
void* c_malloc(Heap& heap, std::size_t bytes) noexcept {
    return or_out_of_memory(heap.allocate(bytes, malloc_alignment<Heap>));
}

template <class Heap>
void* c_calloc(Heap& heap, std::size_t count, std::size_t bytes) noexcept {
    return or_out_of_memory(heap.allocate_zeroed(array_bytes(count, bytes), malloc_alignment<Heap>));
}

template <class Heap>
void c_free(Heap& heap, void* payload) noexcept {
    heap.deallocate(payload);
}

template <class Heap>
void* c_realloc(Heap& heap, void* payload, std::size_t bytes) noexcept {
    if (payload != nullptr && bytes == 0) {
        c_free(heap, payload);
        return nullptr;
    }
    return or_out_of_memory(heap.reallocate(payload, bytes, malloc_alignment<Heap>));
}

/// aligned_alloc and memalign. An alignment below the granule is the granule.
template <class Heap>
void* c_aligned_alloc(Heap& heap, std::size_t alignment, std::size_t bytes) noexcept {
    if (is_power_of_two(alignment)) return or_out_of_memory(heap.allocate(bytes, alignment));
    set_errno(c_error::invalid);
    return nullptr;
}

template <class Heap>
int c_posix_memalign(Heap& heap, void** result, std::size_t alignment, std::size_t bytes) noexcept {
    const errno_keeper keeper;
    if (!is_power_of_two(alignment) || alignment < sizeof(void*)) return static_cast<int>(c_error::invalid);
    void* const payload = heap.allocate(bytes, alignment);
    if (payload == nullptr) return static_cast<int>(c_error::out_of_memory);
    *result = payload;
    return 0;
}

template <class Heap>
void* c_valloc(Heap& heap, std::size_t bytes) noexcept {
    return c_aligned_alloc(heap, page_bytes(), bytes);
}

template <class Heap>
void* c_pvalloc(Heap& heap, std::size_t bytes) noexcept {
    return c_valloc(heap, whole_pages(bytes, page_bytes()));
}

}  // namespace allot::detail

// A redefinition must repeat the exception specification of the library's own declaration; glibc's is __THROW.
#if defined(__THROW)
#define ALLOT_C_NOEXCEPT __THROW
#else
#define ALLOT_C_NOEXCEPT
#endif

// Exported even under -fvisibility=hidden: a program that finds half of the family elsewhere would mix two heaps.
#define ALLOT_C_FUNCTION(result) extern "C" [[gnu::visibility("default")]] result

#define ALLOT_DEFINE_C_FUNCTIONS(prefix, heap_object)                                                          \
    ALLOT_C_FUNCTION(void*) prefix##malloc(std::size_t bytes) ALLOT_C_NOEXCEPT {                               \
        return ::allot::detail::c_malloc(heap_object, bytes);                                                  \
    }                                                                                                          \
    ALLOT_C_FUNCTION(void) prefix##free(void* payload) ALLOT_C_NOEXCEPT {                                      \
        ::allot::detail::c_free(heap_object, payload);                                                         \
    }                                                                                                          \
    ALLOT_C_FUNCTION(void*) prefix##calloc(std::size_t count, std::size_t bytes) ALLOT_C_NOEXCEPT {            \
        return ::allot::detail::c_calloc(heap_object, count, bytes);                                           \
    }                                                                                                          \
    ALLOT_C_FUNCTION(void*) prefix##realloc(void* payload, std::size_t bytes) ALLOT_C_NOEXCEPT {               \
        return ::allot::detail::c_realloc(heap_object, payload, bytes);                                        \
    }                                                                                                          \
    ALLOT_C_FUNCTION(void*)                                                                                    \
    prefix##reallocarray(void* payload, std::size_t count, std::size_t bytes) ALLOT_C_NOEXCEPT {               \
        return ::allot::detail::c_realloc(heap_object, payload, ::allot::detail::array_bytes(count, bytes));   \
    }                                                                                                          \
    ALLOT_C_FUNCTION(void*) prefix##aligned_alloc(std::size_t alignment, std::size_t bytes) ALLOT_C_NOEXCEPT { \
        return ::allot::detail::c_aligned_alloc(heap_object, alignment, bytes);                                \
    }                                                                                                          \
    ALLOT_C_FUNCTION(int)                                                                                      \
    prefix##posix_memalign(void** result, std::size_t alignment, std::size_t bytes) ALLOT_C_NOEXCEPT {         \
        return ::allot::detail::c_posix_memalign(heap_object, result, alignment, bytes);                       \
    }                                                                                                          \
    ALLOT_C_FUNCTION(void*) prefix##memalign(std::size_t alignment, std::size_t bytes) ALLOT_C_NOEXCEPT {      \
        return ::allot::detail::c_aligned_alloc(heap_object, alignment, bytes);                                \
    }                                                                                                          \
    ALLOT_C_FUNCTION(void*) prefix##valloc(std::size_t bytes) ALLOT_C_NOEXCEPT {                               \
        return ::allot::detail::c_valloc(heap_object, bytes);                                                  \
    }                                                                                                          \
    ALLOT_C_FUNCTION(void*) prefix##pvalloc(std::size_t bytes) ALLOT_C_NOEXCEPT {                              \
        return ::allot::detail::c_pvalloc(heap_object, bytes);                                                 \
    }                                                                                                          \
    ALLOT_C_FUNCTION(std::size_t) prefix##malloc_usable_size(void* payload) ALLOT_C_NOEXCEPT {                 \
        return (heap_object).usable_size(payload);                                                             \
    }

#define ALLOT_DEFINE_MALLOC(prefix, heap_object)                                                        \
    static_assert(::allot::detail::say_if_no_heap<::std::remove_reference_t<decltype(heap_object)>>()); \
    ALLOT_DEFINE_C_FUNCTIONS(prefix, ::allot::detail::heap_or_none(heap_object))

// newlib's names for the same functions. Its errno is that of the calling thread, as it is for malloc.
#if defined(__NEWLIB__)
#define ALLOT_DEFINE_REENTRANT_MALLOC(heap_object)                                                              \
    ALLOT_C_FUNCTION(void*) _malloc_r(::_reent*, std::size_t bytes) ALLOT_C_NOEXCEPT {                          \
        return ::allot::detail::c_malloc(::allot::detail::heap_or_none(heap_object), bytes);                    \
    }                                                                                                           \
    ALLOT_C_FUNCTION(void) _free_r(::_reent*, void* payload) ALLOT_C_NOEXCEPT {                                 \
        ::allot::detail::c_free(::allot::detail::heap_or_none(heap_object), payload);                           \
    }                                                                                                           \
    ALLOT_C_FUNCTION(void*) _calloc_r(::_reent*, std::size_t count, std::size_t bytes) ALLOT_C_NOEXCEPT {       \
        return ::allot::detail::c_calloc(::allot::detail::heap_or_none(heap_object), count, bytes);             \
    }                                                                                                           \
    ALLOT_C_FUNCTION(void*) _realloc_r(::_reent*, void* payload, std::size_t bytes) ALLOT_C_NOEXCEPT {          \
        return ::allot::detail::c_realloc(::allot::detail::heap_or_none(heap_object), payload, bytes);          \
    }                                                                                                           \
    ALLOT_C_FUNCTION(void*) _memalign_r(::_reent*, std::size_t alignment, std::size_t bytes) ALLOT_C_NOEXCEPT { \
        return ::allot::detail::c_aligned_alloc(::allot::detail::heap_or_none(heap_object), alignment, bytes);  \
    }                                                                                                           \
    ALLOT_C_FUNCTION(void*) _valloc_r(::_reent*, std::size_t bytes) ALLOT_C_NOEXCEPT {                          \
        return ::allot::detail::c_valloc(::allot::detail::heap_or_none(heap_object), bytes);                    \
    }                                                                                                           \
    ALLOT_C_FUNCTION(void*) _pvalloc_r(::_reent*, std::size_t bytes) ALLOT_C_NOEXCEPT {                         \
        return ::allot::detail::c_pvalloc(::allot::detail::heap_or_none(heap_object), bytes);                   \
    }                                                                                                           \
    ALLOT_C_FUNCTION(std::size_t) _malloc_usable_size_r(::_reent*, void* payload) ALLOT_C_NOEXCEPT {            \
        return ::allot::detail::heap_or_none(heap_object).usable_size(payload);                                 \
    }
#else
#define ALLOT_DEFINE_REENTRANT_MALLOC(heap_object)
#endif

#define ALLOT_REPLACE_MALLOC(heap_object) \
    ALLOT_DEFINE_MALLOC(, heap_object)    \
    ALLOT_DEFINE_REENTRANT_MALLOC(heap_object)
