// A heap as a std::pmr::memory_resource (hosted).
//
//     allot::memory_resource resource(my_heap);
//     std::pmr::vector<int> numbers(&resource);
//
// Guarantees: every alignment that the heap can give; std::bad_alloc on failure, after Traits::on_exhausted (a trap
// without exceptions). Two resources are equal if they stand before the same heap: what one allocates the other
// may deallocate. Without RTTI a resource equals itself alone. The heap must outlive the resource.
#pragma once

#include <allot/adapters/exhausted.hpp>
#include <allot/heap.hpp>
#include <allot/policy/heap_concept.hpp>

#include <cstddef>
#include <memory_resource>

namespace allot {

template <class Heap = heap>
class memory_resource final : public std::pmr::memory_resource {
    static_assert(detail::say_if_no_heap<Heap>());

public:
    explicit memory_resource(Heap& heap_object) noexcept : heap_(&heap_object) {}

    /// The heap that it stands before.
    [[nodiscard]] Heap& heap_object() const noexcept { return *heap_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        return detail::allocate_or_give_up(detail::heap_or_none(*heap_), bytes, alignment);
    }

    void do_deallocate(void* payload, std::size_t bytes, std::size_t alignment) override {
        detail::heap_or_none(*heap_).deallocate(payload, bytes, alignment);
    }

    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        if (this == &other) return true;
        if constexpr (ALLOT_RTTI) {
            const auto* const same_kind = dynamic_cast<const memory_resource*>(&other);
            return same_kind != nullptr && same_kind->heap_ == heap_;
        }
        return false;
    }

    Heap* heap_;
};

}  // namespace allot
