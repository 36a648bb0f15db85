// expect: traits: keep_free_bytes was set, but there is no source to give back to
#include <allot/heap.hpp>

struct my_source {
    allot::memory_span acquire(std::size_t /*bytes*/) noexcept { return {nullptr, 0}; }
    void release(allot::memory_span /*span*/) noexcept {}
};

struct my_traits : allot::tuned<allot::knobs{.keep_free_bytes = 65536}> {
#if defined(ALLOT_TEST_CONTROL)
    using source = my_source;
#endif
};

allot::basic_heap<my_traits> refused;
