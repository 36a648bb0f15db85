// expect: traits: source must have .memory_span acquire
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
    struct source {
#if defined(ALLOT_TEST_CONTROL)
        allot::memory_span acquire(std::size_t) noexcept { return {}; }
#else
        void* acquire(std::size_t) noexcept { return nullptr; }
#endif
        void release(allot::memory_span) noexcept {}
    };
};

allot::basic_heap<my_traits> refused;
