// expect: on_corruption
#include <allot/heap.hpp>

// Traits that inherit from nothing have to say everything.
struct my_traits {
    static constexpr std::size_t granule = allot::default_traits::granule;
    static constexpr std::size_t exact_bin_limit = 1024;
    static constexpr std::size_t bin_subdivision = 16;
    static constexpr std::size_t largest_chunk = allot::default_traits::largest_chunk;
    static constexpr auto links = allot::links::word;
    static constexpr std::size_t fit_probes = 8;
    static constexpr auto search = allot::fit_search::bounded;
    static constexpr auto coalescing = allot::coalescing::immediate;
    static constexpr std::size_t cached_chunk_limit = 512;
    static constexpr std::size_t cached_bytes_limit = 4096;
    static constexpr auto hardening = allot::hardening::basic;
    using source = allot::no_source;
#if defined(ALLOT_TEST_CONTROL)
    static void on_corruption(const allot::corruption_report&) noexcept { __builtin_trap(); }
#endif
    static void on_exhausted(std::size_t) noexcept {}
};

allot::basic_heap<my_traits> refused;
