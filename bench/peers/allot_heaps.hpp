// Any heap with allot's verbs behind the benchmark's seam.
#pragma once

#include "peers/allocator.hpp"

#include <allot/adapters/hosted.hpp>
#include <allot/allot.hpp>

#include <span>
#include <stdexcept>

namespace bench {

template <class Heap>
class allot_heap : public allocator {
public:
    explicit allot_heap(std::span<std::byte> region) {
        if (heap_.add_region(region.data(), region.size()) != allot::region_status::ok) {
            throw std::runtime_error{"add_region: the heap refuses the benchmark's region"};
        }
    }

    void* allocate(std::size_t bytes, std::size_t alignment) final { return heap_.allocate(bytes, alignment); }
    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) final {
        return heap_.allocate_zeroed(bytes, alignment);
    }
    void* reallocate(const owned& old, std::size_t bytes) final {
        return heap_.reallocate(old.payload, bytes, old.alignment);
    }
    void deallocate(const owned& old) override { heap_.deallocate(old.payload); }
    bool is_sound() const final { return static_cast<bool>(heap_.verify()); }

    Heap& heap() { return heap_; }

private:
    Heap heap_;
};

/// The same heap, told the size of what it gets back.
template <class Heap>
class allot_heap_sized final : public allot_heap<Heap> {
public:
    using allot_heap<Heap>::allot_heap;

    void deallocate(const owned& old) final { this->heap().deallocate(old.payload, old.bytes, old.alignment); }
};

}  // namespace bench
