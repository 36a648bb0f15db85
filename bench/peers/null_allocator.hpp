// No allocator at all: the harness's own cost. Payloads overlap, so nothing written to one can be trusted.
//
//     region  [ window: handed out round and round ][ only for requests larger than the window ]
#pragma once

#include "peers/allocator.hpp"

#include <cstddef>
#include <span>

namespace bench {

class null_allocator final : public allocator {
    static constexpr std::size_t window = 32 * 1024;  // stays in the first-level cache

public:
    explicit null_allocator(std::span<std::byte> region) : region_{region} {}

    void* allocate(std::size_t bytes, std::size_t alignment) final {
        if (bytes > region_.size()) return nullptr;
        const std::size_t start = (cursor_ + alignment - 1) & ~(alignment - 1);
        const std::size_t offset = start + bytes <= window ? start : 0;
        cursor_ = offset + bytes;
        return region_.data() + offset;
    }

    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) final { return allocate(bytes, alignment); }
    void* reallocate(const owned& old, std::size_t bytes) final { return allocate(bytes, old.alignment); }
    void deallocate(const owned&) final {}

private:
    std::span<std::byte> region_;
    std::size_t cursor_ = 0;
};

}  // namespace bench
