// expect: traits: the granularity of a source must be a power of two, at least four granules
#include <allot/heap.hpp>

struct my_source {
#if defined(ALLOT_TEST_CONTROL)
    static constexpr std::size_t granularity = 4096;
#else
    static constexpr std::size_t granularity = 4000;
#endif
    allot::memory_span acquire(std::size_t /*bytes*/) noexcept { return {nullptr, 0}; }
    void release(allot::memory_span /*span*/) noexcept {}
};

struct my_traits : allot::default_traits {
    using source = my_source;
};

allot::basic_heap<my_traits> refused;
