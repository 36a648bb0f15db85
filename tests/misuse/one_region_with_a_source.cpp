// expect: traits: one_region was set, but a source brings more of them
#include <allot/heap.hpp>

struct my_source {
    allot::memory_span acquire(std::size_t /*bytes*/) noexcept { return {nullptr, 0}; }
    void release(allot::memory_span /*span*/) noexcept {}
};

struct my_traits : allot::default_traits {
#if !defined(ALLOT_TEST_CONTROL)
    static constexpr bool one_region = true;
#endif
    using source = my_source;
};

allot::basic_heap<my_traits> refused;
