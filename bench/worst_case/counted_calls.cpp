#include "worst_case/counted_calls.hpp"

namespace bench {
namespace {

[[gnu::noipa]] void* counted_allocate(bounded_heap& heap, std::size_t bytes, std::size_t alignment) {
    return heap.allocate(bytes, alignment);
}

[[gnu::noipa]] void counted_deallocate(bounded_heap& heap, void* payload) { heap.deallocate(payload); }

/// Makes the call before it no tail call: callgrind must see the outer function end after the inner one.
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

}  // namespace bench
