// std::pmr::unsynchronized_pool_resource, its memory from operator new, as a program gets it by default.
#pragma once

#include "peers/copying.hpp"

#include <memory_resource>
#include <new>

namespace bench {

class pool_resource final : public allocator {
public:
    void* allocate(std::size_t bytes, std::size_t alignment) final {
        try {
            return pool_.allocate(bytes, alignment);
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }

    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) final {
        return zeroed(allocate(bytes, alignment), bytes);
    }

    void* reallocate(const owned& old, std::size_t bytes) final { return reallocate_by_copy(*this, old, bytes); }
    void deallocate(const owned& old) final { pool_.deallocate(old.payload, old.bytes, old.alignment); }

private:
    std::pmr::unsynchronized_pool_resource pool_;
};

}  // namespace bench
