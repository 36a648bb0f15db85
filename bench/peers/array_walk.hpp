// No allocator either: objects that keep their places. What touching them costs, and nothing else.
//
//     region  [ object ][ object ][ object ] ...     one that is replaced gets the place of the one that went
//
// Places are as far apart as a heap with one word of overhead would put them, so as many lines and pages are touched.
// A later object may be larger than its place: what is written to one cannot be trusted.
#pragma once

#include "peers/allocator.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace bench {

class array_walk final : public allocator {
public:
    explicit array_walk(std::span<std::byte> region) : unused_{region} {}

    void* allocate(std::size_t bytes, std::size_t alignment) final {
        if (vacated_.empty()) return next_place(bytes, alignment);
        void* const place = vacated_.back();
        vacated_.pop_back();
        return place;
    }

    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) final { return allocate(bytes, alignment); }
    void* reallocate(const owned& old, std::size_t) final { return old.payload; }
    void deallocate(const owned& old) final { vacated_.push_back(old.payload); }

private:
    static constexpr std::size_t overhead = sizeof(std::size_t);

    void* next_place(std::size_t bytes, std::size_t alignment) {
        const std::size_t taken = (bytes + overhead + alignment - 1) / alignment * alignment;
        if (taken > unused_.size()) return nullptr;
        void* const place = unused_.data();
        unused_ = unused_.subspan(taken);
        return place;
    }

    std::span<std::byte> unused_;
    std::vector<void*> vacated_;
};

}  // namespace bench
