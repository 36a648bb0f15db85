// The malloc family of this process: glibc's, or that of the library preloaded over it.
#pragma once

#include "peers/copying.hpp"

#include <cstddef>
#include <cstdlib>

namespace bench {

class hosted_malloc final : public allocator {
public:
    void* allocate(std::size_t bytes, std::size_t alignment) final {
        return alignment <= alignof(std::max_align_t) ? std::malloc(bytes) : allocate_aligned(bytes, alignment);
    }

    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) final {
        return alignment <= alignof(std::max_align_t) ? std::calloc(1, bytes)
                                                      : zeroed(allocate_aligned(bytes, alignment), bytes);
    }

    /// C has no aligned realloc, so an over-aligned payload is copied, as Rust's and Zig's system allocators do.
    void* reallocate(const owned& old, std::size_t bytes) final {
        return old.alignment <= alignof(std::max_align_t) ? std::realloc(old.payload, bytes)
                                                          : reallocate_by_copy(*this, old, bytes);
    }

    void deallocate(const owned& old) final { std::free(old.payload); }

private:
    static void* allocate_aligned(std::size_t bytes, std::size_t alignment) {
        void* payload = nullptr;
        return ::posix_memalign(&payload, alignment, bytes) == 0 ? payload : nullptr;
    }
};

}  // namespace bench
