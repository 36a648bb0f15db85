// expect: traits: source must have .memory_span acquire
#include <allot/heap.hpp>

struct my_traits : allot::default_traits {
#if defined(ALLOT_TEST_CONTROL)
    struct source {
        allot::memory_span acquire(std::size_t) noexcept { return {}; }
        void release(allot::memory_span) noexcept {}
    };
#else
    struct source {
        allot::memory_span acquire(std::size_t) { return {}; }
        void release(allot::memory_span) noexcept {}
    };
#endif
};

allot::basic_heap<my_traits> refused;
