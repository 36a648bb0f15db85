// The one translation unit that replaces the operators: compiled hosted, without exceptions, and freestanding.
#include "operators.hpp"

#include <allot/adapters/new_delete.hpp>
#include <allot/heap.hpp>

namespace {

// All the memory there is, handed over at the first request: the heap must work before any constructor has run.
struct one_region_source {
    alignas(4096) static inline unsigned char memory[region_bytes];
    static inline constinit bool given = false;

    static allot::memory_span acquire(std::size_t min_bytes) noexcept {
        if (given || min_bytes > region_bytes) return {};
        given = true;
        return {memory, region_bytes};
    }

    static void release(allot::memory_span) noexcept { given = false; }
};

struct global_traits : allot::default_traits {
    using source = one_region_source;
    static void on_exhausted(std::size_t) noexcept {
        ++exhausted_calls;
        if (exhausted_calls_of_child != nullptr) ++*exhausted_calls_of_child;
    }
};

// A heap that writes down each call.
class recording_heap : public allot::basic_heap<global_traits> {
    using base = allot::basic_heap<global_traits>;

public:
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept {
        void* const payload = base::allocate(bytes, alignment);
        last_call = {verb::allocate, payload, bytes, alignment};
        return payload;
    }

    void deallocate(void* payload) noexcept {
        base::deallocate(payload);
        last_call = {verb::deallocate, payload, 0, 0};
    }

    void deallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        base::deallocate(payload, bytes, alignment);
        last_call = {verb::deallocate_sized, payload, bytes, alignment};
    }
};

constinit recording_heap global_heap;

}  // namespace

ALLOT_REPLACE_NEW_DELETE(global_heap)

const bool operators_throw = ALLOT_THROWS;
const bool operators_call_handlers = ALLOT_HOSTED;

bool global_heap_is_sound() { return static_cast<bool>(global_heap.verify()); }
