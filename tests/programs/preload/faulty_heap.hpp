// A heap in which a fault of calloc or realloc is planted (sabotage.hpp), or none.
#pragma once

#include "sabotage.hpp"

#include <cstddef>

template <class Heap>
class faulty_heap : public Heap {
public:
    void* allocate_zeroed(std::size_t bytes, std::size_t alignment = Heap::default_alignment) noexcept {
        if constexpr (planted == sabotage::calloc_does_not_zero) return allocate_used(bytes, alignment);
        else return Heap::allocate_zeroed(bytes, alignment);
    }

    void* reallocate(void* payload, std::size_t bytes, std::size_t alignment = Heap::default_alignment) noexcept {
        if constexpr (planted == sabotage::realloc_loses_bytes) return move_and_forget(payload, bytes, alignment);
        else return Heap::reallocate(payload, bytes, alignment);
    }

private:
    /// As if an earlier owner had written all of it, which otherwise is left to chance.
    void* allocate_used(std::size_t bytes, std::size_t alignment) noexcept {
        void* const used = Heap::allocate(bytes, alignment);
        return used == nullptr ? nullptr : __builtin_memset(used, 0xA5, bytes);
    }
    void* move_and_forget(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        void* const fresh = Heap::allocate_zeroed(bytes, alignment);
        if (fresh != nullptr) Heap::deallocate(payload);
        return fresh;
    }
};
