// What `-fsanitize=thread` calls at each access of heaps.cpp, instead of the sanitizer: the access is told to the simulation,
// and an atomic one is done. Cores take turns on one thread, so that plain loads and stores are atomic and in order.
//
// A call that is missing here fails to link.
#include "cores/simulation.hpp"

namespace {

using bench::access_kind;

void tell(const volatile void* at, std::size_t bytes, access_kind how) {
    if (bench::simulation* const watching = bench::simulation::watching()) {
        watching->access(reinterpret_cast<std::uintptr_t>(at), bytes, how);
    }
}

template <class T>
T load(const volatile T* at) {
    tell(at, sizeof(T), access_kind::read);
    return *at;
}

template <class T>
void store(volatile T* at, T value) {
    tell(at, sizeof(T), access_kind::write);
    *at = value;
}

/// The line is had for writing from the start, as processors do.
template <class T>
T exchange(volatile T* at, T value) {
    tell(at, sizeof(T), access_kind::write);
    const T found = *at;
    *at = value;
    return found;
}

/// As `std::atomic<T>::compare_exchange_strong`.
template <class T>
int compare_exchange(volatile T* at, T* expected, T value) {
    tell(at, sizeof(T), access_kind::write);
    const T found = *at;
    const bool is_as_expected = found == *expected;
    if (is_as_expected) *at = value;
    *expected = found;
    return is_as_expected ? 1 : 0;
}

}  // namespace

#define TOLD(bytes)                                                                     \
    void __tsan_read##bytes(void* at) { tell(at, bytes, access_kind::read); }           \
    void __tsan_write##bytes(void* at) { tell(at, bytes, access_kind::write); }         \
    void __tsan_unaligned_read##bytes(void* at) { tell(at, bytes, access_kind::read); } \
    void __tsan_unaligned_write##bytes(void* at) { tell(at, bytes, access_kind::write); }

#define TOLD_ATOMIC(bits)                                                                                            \
    std::uint##bits##_t __tsan_atomic##bits##_load(const volatile std::uint##bits##_t* at, int) { return load(at); } \
    void __tsan_atomic##bits##_store(volatile std::uint##bits##_t* at, std::uint##bits##_t value, int) {             \
        store(at, value);                                                                                            \
    }                                                                                                                \
    std::uint##bits##_t __tsan_atomic##bits##_exchange(volatile std::uint##bits##_t* at, std::uint##bits##_t value,  \
                                                       int) {                                                        \
        return exchange(at, value);                                                                                  \
    }                                                                                                                \
    int __tsan_atomic##bits##_compare_exchange_strong(volatile std::uint##bits##_t* at, std::uint##bits##_t* seen,   \
                                                      std::uint##bits##_t value, int, int) {                         \
        return compare_exchange(at, seen, value);                                                                    \
    }

extern "C" {
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_atomic_thread_fence(int) {}
void __tsan_atomic_signal_fence(int) {}
void __tsan_vptr_update(void**, void*) {}
void __tsan_read_range(void* at, unsigned long bytes) { tell(at, bytes, access_kind::read); }
void __tsan_write_range(void* at, unsigned long bytes) { tell(at, bytes, access_kind::write); }
TOLD(1)
TOLD(2)
TOLD(4)
TOLD(8)
TOLD(16)
TOLD_ATOMIC(8)
TOLD_ATOMIC(32)
TOLD_ATOMIC(64)
std::uint32_t __tsan_atomic32_fetch_add(volatile std::uint32_t* at, std::uint32_t value, int) {
    tell(at, sizeof *at, access_kind::write);
    const std::uint32_t found = *at;
    *at = found + value;
    return found;
}
}
