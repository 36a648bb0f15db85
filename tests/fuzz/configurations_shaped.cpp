// Every knob turned away from its default at least once.
#include "configuration.hpp"

namespace fuzz {
namespace {

struct word_immediate : failing_reports<allot::default_traits> {
    static constexpr auto coalescing = allot::coalescing::immediate;
};
struct compact_immediate : failing_reports<allot::compact_traits> {
    static constexpr auto coalescing = allot::coalescing::immediate;
};
struct unchecked_deferred : failing_reports<allot::default_traits> {
    static constexpr auto hardening = allot::hardening::none;
};
struct unchecked_compact_bounded : failing_reports<allot::bounded_traits> {
    static constexpr auto hardening = allot::hardening::none;
    static constexpr auto links = allot::links::compact;
};
struct granule_32 : failing_reports<allot::default_traits> {
    static constexpr std::size_t granule = 32;
};
struct granule_64_compact : failing_reports<allot::compact_traits> {
    static constexpr std::size_t granule = 64;
    static constexpr auto coalescing = allot::coalescing::immediate;
};
struct small_cache : failing_reports<allot::default_traits> {
    static constexpr std::size_t cached_chunk_limit = 96;
    static constexpr std::size_t cached_bytes_limit = 256;
};
/// Limits that are no multiple of anything.
struct odd_cache : failing_reports<allot::default_traits> {
    static constexpr std::size_t cached_chunk_limit = 100;
    static constexpr std::size_t cached_bytes_limit = 1001;
    static constexpr auto hardening = allot::hardening::none;
};
struct large_cache : failing_reports<allot::compact_traits> {
    static constexpr std::size_t cached_chunk_limit = 1024;
    static constexpr std::size_t cached_bytes_limit = ~std::size_t{0};
};
/// Few and wide bins, one probe, and a largest chunk that regions meet all the time.
struct coarse_and_short : failing_reports<allot::default_traits> {
    static constexpr std::size_t exact_bin_limit = 256;
    static constexpr std::size_t bin_subdivision = 2;
    static constexpr std::size_t largest_chunk = 8192;
    static constexpr std::size_t fit_probes = 1;
    static constexpr std::size_t cached_chunk_limit = 256;
};
struct coarse_bounded_compact : coarse_and_short {
    static constexpr auto links = allot::links::compact;
    static constexpr auto coalescing = allot::coalescing::immediate;
    static constexpr auto search = allot::fit_search::bounded;
};
/// Bins so few that growing in small heaps is growing of large chunks.
struct growing : failing_reports<allot::default_traits> {
    static constexpr std::size_t exact_bin_limit = 64;
    static constexpr std::size_t bin_subdivision = 2;
    static constexpr std::size_t cached_chunk_limit = 64;
    static constexpr std::size_t growth_room = 1;
};

/// One region, of compact links and with chunks that wait.
struct one_region_deferred : failing_reports<allot::compact_traits> {
    static constexpr bool one_region = true;
};
struct small_with_more_regions : failing_reports<allot::small_traits> {
    static constexpr bool one_region = false;
};

template <class Traits>
configuration tiny(std::string name) {
    return configure<allot::basic_heap<Traits>>(std::move(name), 256, 4096, 2000, 20);
}
template <class Traits>
configuration small(std::string name) {
    return configure<allot::basic_heap<Traits>>(std::move(name), 2048, 256 * 1024, 20000, 30);
}

}  // namespace

std::vector<configuration> shaped_configurations() {
    return {
        tiny<word_immediate>("word_immediate"),
        small<word_immediate>("word_immediate_small"),
        tiny<compact_immediate>("compact_immediate"),
        small<compact_immediate>("compact_immediate_small"),
        small<unchecked_deferred>("unchecked_deferred"),
        small<unchecked_compact_bounded>("unchecked_compact_bounded"),
        small<granule_32>("granule_32"),
        small<granule_64_compact>("granule_64_compact"),
        small<small_cache>("small_cache"),
        small<odd_cache>("odd_cache"),
        small<large_cache>("large_cache"),
        small<coarse_and_short>("coarse_and_short"),
        small<coarse_bounded_compact>("coarse_bounded_compact"),
        small<growing>("growing"),
        small<failing_reports<allot::small_traits>>("small_traits"),
        tiny<failing_reports<allot::small_traits>>("small_traits_tiny"),
        small<small_with_more_regions>("small_with_more_regions"),
        small<one_region_deferred>("one_region_deferred"),
    };
}

}  // namespace fuzz
