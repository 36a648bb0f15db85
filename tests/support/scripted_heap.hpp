// A heap that does as it is told and writes down what it was asked: for the logic of adapters alone.
#pragma once

#include <cstddef>

namespace allot_test {

struct scripted_traits {
    static inline int exhausted_calls = 0;
    static inline std::size_t exhausted_bytes = 0;

    static void on_exhausted(std::size_t bytes) noexcept {
        ++exhausted_calls;
        exhausted_bytes = bytes;
    }
};

class scripted_heap {
public:
    using traits_type = scripted_traits;
    static constexpr std::size_t default_alignment = 16;
    static constexpr std::size_t max_request = ~std::size_t{0} / 2;
    static constexpr std::size_t not_told = ~std::size_t{0};

    scripted_heap() noexcept { scripted_traits::exhausted_calls = 0; }

    void* allocate(std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        ++allocations;
        asked_bytes = bytes;
        asked_alignment = alignment;
        if (failures_left == 0) return payload;
        --failures_left;
        return nullptr;
    }

    void deallocate(void* returned) noexcept { record_return(returned, not_told, not_told); }

    void deallocate(void* returned, std::size_t bytes, std::size_t alignment = default_alignment) noexcept {
        record_return(returned, bytes, alignment);
    }

    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) noexcept { return allocate(bytes, alignment); }
    void* reallocate(void*, std::size_t bytes, std::size_t alignment) noexcept { return allocate(bytes, alignment); }

    static std::size_t usable_size(const void*) noexcept { return sizeof(payload); }

    int failures_left = 0;
    int allocations = 0;
    int deallocations = 0;
    std::size_t asked_bytes = 0;
    std::size_t asked_alignment = 0;
    void* returned_payload = nullptr;
    std::size_t returned_bytes = 0;
    std::size_t returned_alignment = 0;
    alignas(64) unsigned char payload[104] = {};

private:
    void record_return(void* returned, std::size_t bytes, std::size_t alignment) noexcept {
        ++deallocations;
        returned_payload = returned;
        returned_bytes = bytes;
        returned_alignment = alignment;
    }
};

}  // namespace allot_test
