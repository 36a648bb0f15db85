// What a benchmark asks of an allocator: four virtual calls, the same for allot and for every peer.
//
//     workload -> player -> allocator (one indirect call) -> allot | boost | malloc of glibc, mimalloc, ... | null
//
// A failed call returns nullptr. `owned` describes a payload as it was requested; who does not need it ignores it.
#pragma once

#include <cstddef>

namespace bench {

struct owned {
    void* payload;
    std::size_t bytes;
    std::size_t alignment;
};

class allocator {
public:
    allocator() = default;
    allocator(const allocator&) = delete;
    allocator& operator=(const allocator&) = delete;
    virtual ~allocator() = default;

    virtual void* allocate(std::size_t bytes, std::size_t alignment) = 0;
    virtual void* allocate_zeroed(std::size_t bytes, std::size_t alignment) = 0;
    virtual void* reallocate(const owned& old, std::size_t bytes) = 0;
    virtual void deallocate(const owned& old) = 0;

    /// Whether the allocator finds its own memory in order, where it can tell.
    virtual bool is_sound() const { return true; }
};

}  // namespace bench
