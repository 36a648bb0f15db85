#include "worst_case/counted_calls.hpp"

namespace bench {
namespace {

[[gnu::noipa]] void* counted_allocate(bounded_heap& heap, std::size_t bytes, std::size_t alignment) {
    return heap.allocate(bytes, alignment);
}

[[gnu::noipa]] void counted_deallocate(bounded_heap& heap, void* payload) { heap.deallocate(payload); }

/// Makes the call before it no tail call: callgrind must see the outer function end after the inner one.
[[gnu::noipa]] void* counted_reallocate(bounded_heap& heap, void* payload, std::size_t bytes) {
    auto& core = allot::detail::inside<bounded_heap>::core_of(heap);
    const auto move =
        core.begin_reallocate(allot::direct_memory::address_of(payload), {bytes, bounded_heap::default_alignment});
    if (move.must_copy()) core.finish_reallocate(move, bytes);
    return allot::direct_memory::pointer_to(move.to);
}

void stay() { asm volatile(""); }

}  // namespace

[[gnu::noipa]] void* one_allocate(bounded_heap& heap, std::size_t bytes, std::size_t alignment) {
    void* const payload = counted_allocate(heap, bytes, alignment);
    stay();
    return payload;
}

[[gnu::noipa]] void one_deallocate(bounded_heap& heap, void* payload) {
    counted_deallocate(heap, payload);
    stay();
}

[[gnu::noipa]] void* one_reallocate(bounded_heap& heap, void* payload, std::size_t bytes) {
    void* const moved = counted_reallocate(heap, payload, bytes);
    stay();
    return moved;
}

}  // namespace bench
