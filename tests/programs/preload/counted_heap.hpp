// A heap that counts what went through it, so that a report can prove that a preload took effect.
//
// Also the place where a fault of calloc or realloc is planted (sabotage.hpp).
#pragma once

#include "sabotage.hpp"

#include <atomic>
#include <cstddef>
#include <cstring>

template <class Heap>
class counted_heap : public Heap {
public:
    void* allocate(std::size_t bytes, std::size_t alignment = Heap::default_alignment) noexcept {
        count();
        return Heap::allocate(bytes, alignment);
    }

    void* allocate_zeroed(std::size_t bytes, std::size_t alignment = Heap::default_alignment) noexcept {
        count();
        if constexpr (planted == sabotage::calloc_does_not_zero) return Heap::allocate(bytes, alignment);
        return Heap::allocate_zeroed(bytes, alignment);
    }

    void* reallocate(void* payload, std::size_t bytes, std::size_t alignment = Heap::default_alignment) noexcept {
        count();
        if constexpr (planted == sabotage::realloc_loses_bytes) return move_and_forget(payload, bytes, alignment);
        return Heap::reallocate(payload, bytes, alignment);
    }

    void deallocate(void* payload) noexcept {
        if (payload != nullptr) count();
        Heap::deallocate(payload);
    }

    void deallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        if (payload != nullptr) count();
        Heap::deallocate(payload, bytes, alignment);
    }

    [[nodiscard]] std::size_t operations() const noexcept { return operations_.load(std::memory_order_relaxed); }

private:
    void count() noexcept { operations_.fetch_add(1, std::memory_order_relaxed); }

    void* move_and_forget(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        void* const fresh = Heap::allocate_zeroed(bytes, alignment);
        if (fresh != nullptr) Heap::deallocate(payload);
        return fresh;
    }

    std::atomic<std::size_t> operations_{0};
};
