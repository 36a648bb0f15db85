// Everything freestanding, instantiated whole: what is left undefined in the object is what a kernel must supply.
#include <allot/adapters/allocator.hpp>
#include <allot/adapters/malloc.hpp>
#include <allot/adapters/new_delete.hpp>
#include <allot/allot.hpp>

namespace {

struct no_interrupts {
    static bool save_and_disable() noexcept { return true; }
    static void restore(bool) noexcept {}
    static unsigned core() noexcept { return 0; }
};

struct no_more {
    allot::memory_span acquire(std::size_t) noexcept { return {}; }
    void release(allot::memory_span) noexcept {}
};

struct growing_traits : allot::default_traits {
    using source = no_more;
};

struct unchecked_traits : allot::default_traits {
    static constexpr auto hardening = allot::hardening::none;
};

}  // namespace

template class allot::basic_heap<allot::default_traits>;
template class allot::basic_heap<allot::bounded_traits>;
template class allot::basic_heap<allot::compact_traits>;
template class allot::basic_heap<allot::small_traits>;
template class allot::basic_heap<growing_traits>;
template class allot::basic_heap<unchecked_traits>;

template class allot::locked_heap<allot::heap, allot::null_lock>;
template class allot::locked_heap<allot::heap, allot::single_core_lock<no_interrupts>>;
template class allot::locked_heap<allot::basic_heap<growing_traits>, allot::single_core_lock<no_interrupts>>;
#if !defined(ALLOT_TEST_NO_ATOMICS)
template class allot::locked_heap<allot::heap, allot::spin_lock>;
template class allot::locked_heap<allot::heap, allot::ticket_lock>;
template class allot::locked_heap<allot::basic_heap<growing_traits>, allot::spin_lock>;
template class allot::locked_heap<allot::heap, allot::irq_safe<allot::spin_lock, no_interrupts>>;
template class allot::locked_heap<allot::heap, allot::core_local<no_interrupts>>;
#endif

namespace {
constinit allot::heap kernel_heap;
}
ALLOT_REPLACE_NEW_DELETE(kernel_heap)
ALLOT_DEFINE_MALLOC(k, kernel_heap)
template class allot::allocator<int>;

// Called by nobody: its address is enough for the compiler to keep all that it uses.
void walk_and_draw(void (*put)(char)) {
    std::size_t in_use = 0;
    kernel_heap.for_each_chunk([&](const allot::chunk_info& chunk) { in_use += chunk.bytes; });
    if (in_use != kernel_heap.stats().in_use_bytes) put('?');
    allot::draw_heap_map(kernel_heap, put);
}
