// Heaps of every kind as global objects, for in_bss.sh.
#include <allot/allot.hpp>

namespace allot_test {

struct every_wish {
    static constexpr bool gives_zeroed = true;
    static constexpr std::size_t granularity = 4096;
    static allot::memory_span acquire(std::size_t /*min_bytes*/) noexcept { return {}; }
    static void release(allot::memory_span /*span*/) noexcept {}
    static void purge(allot::memory_span /*span*/) noexcept {}
};

struct sourced : allot::default_traits {
    using source = every_wish;
};

#if defined(ALLOT_TEST_NO_ATOMICS)
using lock = allot::null_lock;
#else
using lock = allot::spin_lock;
#endif

template <class Traits>
using locked = allot::locked_heap<allot::basic_heap<Traits>, lock>;

}  // namespace allot_test

constinit allot::heap control_block_default;
constinit allot::basic_heap<allot::bounded_traits> control_block_bounded;
constinit allot::basic_heap<allot::compact_traits> control_block_compact;
constinit allot::basic_heap<allot::small_traits> control_block_small;
constinit allot::basic_heap<allot_test::sourced> control_block_sourced;
constinit allot_test::locked<allot::default_traits> control_block_locked_default;
constinit allot_test::locked<allot::bounded_traits> control_block_locked_bounded;
constinit allot_test::locked<allot::compact_traits> control_block_locked_compact;
constinit allot_test::locked<allot_test::sourced> control_block_locked_sourced;
