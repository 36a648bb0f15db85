// Pages between two that nobody may touch: who reads a byte outside is ended by the machine.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <vector>

#include <sys/mman.h>

namespace allot_test {

class guarded_pages {
    static constexpr std::size_t page_bytes = 4096;

public:
    explicit guarded_pages(std::size_t pages) : bytes_(pages * page_bytes) {
        void* const all = mmap(nullptr, bytes_ + 2 * page_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (all == MAP_FAILED) std::abort();
        first_ = static_cast<std::byte*>(all) + page_bytes;
        if (mprotect(first_, bytes_, PROT_READ | PROT_WRITE) != 0) std::abort();
    }
    ~guarded_pages() { munmap(first_ - page_bytes, bytes_ + 2 * page_bytes); }
    guarded_pages(const guarded_pages&) = delete;
    guarded_pages& operator=(const guarded_pages&) = delete;

    std::byte* first() const { return first_; }
    std::size_t bytes() const { return bytes_; }
    std::vector<std::byte> image() const { return {first_, first_ + bytes_}; }

private:
    std::size_t bytes_;
    std::byte* first_;
};

}  // namespace allot_test
