// A span of memory from the system for allocators that want a region.
#pragma once

#include <cstddef>
#include <span>

namespace bench {

enum class residence {
    touched,   ///< every page is there before the clock runs
    untouched  ///< pages come as they are written, so that residence tells what was used
};

/// No huge pages in this process, for any allocator: they come by luck, and show as memory that nobody used.
void use_small_pages();

class region {
public:
    /// Throws `std::bad_alloc` if the system has no such span.
    region(std::size_t bytes, residence wanted);
    region(const region&) = delete;
    region& operator=(const region&) = delete;
    ~region();

    std::span<std::byte> bytes() const { return bytes_; }

private:
    std::span<std::byte> bytes_;
};

}  // namespace bench
