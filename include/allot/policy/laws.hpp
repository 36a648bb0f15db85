// The laws that the traits of a heap keep, each with the sentence that says that it is broken.
//
//     basic_heap<my_traits>  -->  broken_law<my_traits>()  --  none      -->  a heap with my_traits
//                                                          \-  granule   -->  "traits: the granule must be a power of two",
//                                                                            and as if with default_traits
//
// One mistake is one sentence: of several broken laws the first is said, and what is compiled after that has traits that keep
// them all, so that no line of the library complains as well.
//
// An ignored knob breaks a law too, where it was said by `tuned`: lanes over immediate coalescing, for one. What traits inherit
// from `default_traits` breaks none: `bounded_traits` has a number of lanes that it never uses.
//
// Guarantees: nothing at run time.
#pragma once

#include <allot/base/align.hpp>
#include <allot/chunks/chunk.hpp>
#include <allot/chunks/size_class.hpp>
#include <allot/memory/direct.hpp>
#include <allot/policy/source.hpp>
#include <allot/traits.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace allot::detail {

/// `kept`: none is broken.
enum class traits_law : unsigned char {
    kept,
    all_knobs,
    granule,
    two_words,
    exact_bin_limit,
    bin_subdivision,
    exact_bins,
    largest_chunk,
    bin_count,
    fit_probes,
    growth_room,
    cached_chunk_most,
    cached_chunk_least,
    deferred_granule,
    hardening,
    lanes,
    least_stack_bytes,
    source,
    granularity,
    lane_hint,
    on_corruption,
    on_exhausted,
    cache_ignored,
    lanes_ignored,
    lane_limit_ignored,
    fit_looks_ignored,
    keep_free_ignored,
    one_region
};

template <class T>
concept size_knob = std::convertible_to<T, std::size_t> && !std::floating_point<T>;

template <class Traits>
concept has_all_knobs = requires {
    requires size_knob<decltype(Traits::granule)> && size_knob<decltype(Traits::exact_bin_limit)>;
    requires size_knob<decltype(Traits::bin_subdivision)> && size_knob<decltype(Traits::largest_chunk)>;
    requires std::same_as<decltype(Traits::links), const links> && size_knob<decltype(Traits::fit_probes)>;
    requires std::same_as<decltype(Traits::search), const fit_search> && size_knob<decltype(Traits::fit_looks)>;
    requires size_knob<decltype(Traits::growth_room)> && std::same_as<decltype(Traits::coalescing), const coalescing>;
    requires size_knob<decltype(Traits::cached_chunk_limit)> && size_knob<decltype(Traits::cached_bytes_limit)>;
    requires size_knob<decltype(Traits::lanes)> && size_knob<decltype(Traits::lane_bytes_limit)>;
    requires std::same_as<decltype(Traits::hardening), const hardening> && size_knob<decltype(Traits::keep_free_bytes)>;
    requires size_knob<decltype(Traits::least_stack_bytes)> && std::same_as<decltype(Traits::one_region), const bool>;
    typename Traits::source;
};

template <class Traits>
concept has_corruption_hook = requires(const corruption_report& report) {
    { Traits::on_corruption(report) }
    noexcept;
};

template <class Traits>
concept has_exhaustion_hook = requires(std::size_t bytes) {
    { Traits::on_exhausted(bytes) }
    noexcept;
};

template <class Traits>
concept has_lane_hint = requires {
    { Traits::lane_hint() }
    noexcept->std::convertible_to<std::size_t>;
};

/// True if `tuned` was given this knob, for `Traits` itself or for traits below it.
template <class Traits, auto Knob>
consteval bool is_said() noexcept {
    if constexpr (requires { typename Traits::tuned_base; }) {
        return (Traits::said.*Knob).is_said || is_said<typename Traits::tuned_base, Knob>();
    } else {
        return false;
    }
}

/// The bins by themselves. Pre: all knobs are there.
template <class Traits>
consteval traits_law broken_bin_law(std::size_t word_bytes) noexcept {
    if (!is_power_of_two(Traits::granule)) return traits_law::granule;
    if (Traits::granule < 8 && Traits::coalescing == coalescing::deferred) return traits_law::deferred_granule;
    if (Traits::granule < 2 * word_bytes) return traits_law::two_words;
    if (!is_power_of_two(Traits::exact_bin_limit)) return traits_law::exact_bin_limit;
    if (!is_power_of_two(Traits::bin_subdivision)) return traits_law::bin_subdivision;
    if (Traits::exact_bin_limit / Traits::granule < Traits::bin_subdivision) return traits_law::exact_bins;
    if (!is_power_of_two(Traits::largest_chunk)) return traits_law::largest_chunk;
    return Traits::largest_chunk < Traits::exact_bin_limit ? traits_law::largest_chunk : traits_law::kept;
}

/// Their number: as many as back links can name, and two levels of words map. Pre: the bins keep their other laws.
template <class Traits>
consteval bool has_too_many_bins() noexcept {
    using classes =
        size_classes<Traits::granule, Traits::exact_bin_limit, Traits::bin_subdivision, Traits::largest_chunk>;
    return classes::bin_count >= chunk_access<direct_memory, Traits::granule, Traits::links>::reserved_links ||
           classes::bin_count > std::size_t{word_bits} * word_bits;
}

/// The other values. Pre: all knobs are there.
template <class Traits>
consteval traits_law broken_value_law() noexcept {
    if (Traits::fit_probes < 1) return traits_law::fit_probes;
    if (Traits::growth_room > 1024) return traits_law::growth_room;
    if (Traits::hardening != hardening::none && Traits::hardening != hardening::basic) return traits_law::hardening;
    if (Traits::lanes != 0 && !is_power_of_two(Traits::lanes)) return traits_law::lanes;
    if (Traits::lanes > 128) return traits_law::lanes;
    if (Traits::least_stack_bytes < 64) return traits_law::least_stack_bytes;
    if (Traits::coalescing == coalescing::immediate) return traits_law::kept;
    if (Traits::cached_chunk_limit > Traits::exact_bin_limit) return traits_law::cached_chunk_most;
    return Traits::cached_chunk_limit < Traits::granule ? traits_law::cached_chunk_least : traits_law::kept;
}

/// One byte stands for a source that takes whole spans only.
consteval bool is_lawful_granularity(std::size_t granularity, std::size_t granule) noexcept {
    return granularity == 1 || (is_power_of_two(granularity) && granularity >= 4 * granule);
}

/// What is no value: the source and the hooks.
template <class Traits>
consteval traits_law broken_type_law() noexcept {
    using source = typename Traits::source;
    if constexpr (!memory_source<source>) return traits_law::source;
    else if (!is_lawful_granularity(granularity_of<source>(), Traits::granule)) return traits_law::granularity;
    if (!has_lane_hint<Traits>) return traits_law::lane_hint;
    if (!has_corruption_hook<Traits>) return traits_law::on_corruption;
    return has_exhaustion_hook<Traits> ? traits_law::kept : traits_law::on_exhausted;
}

/// What was said, and would be ignored.
template <class Traits>
consteval traits_law broken_promise() noexcept {
    constexpr bool caches = Traits::coalescing == coalescing::deferred;
    constexpr bool says_cache =
        is_said<Traits, &knobs::cached_chunk_limit>() || is_said<Traits, &knobs::cached_bytes_limit>();
    constexpr bool says_lanes = is_said<Traits, &knobs::lanes>() || Traits::lanes != default_traits::lanes;
    constexpr bool is_without_source = std::is_same_v<typename Traits::source, no_source>;
    constexpr bool says_limit = is_said<Traits, &knobs::lane_bytes_limit>();
    constexpr bool says_looks = is_said<Traits, &knobs::fit_looks>();
    if (says_cache && !caches) return traits_law::cache_ignored;
    if (says_lanes && Traits::lanes != 0 && !caches) return traits_law::lanes_ignored;
    if (says_limit && (Traits::lanes == 0 || !caches)) return traits_law::lane_limit_ignored;
    if (says_looks && Traits::search == fit_search::exhaustive) return traits_law::fit_looks_ignored;
    if (is_said<Traits, &knobs::keep_free_bytes>() && is_without_source) return traits_law::keep_free_ignored;
    if (Traits::one_region && !is_without_source) return traits_law::one_region;
    return traits_law::kept;
}

/// The first law that a heap with these traits breaks, in memory with words of `WordBytes`.
template <class Traits, std::size_t WordBytes = sizeof(std::size_t)>
consteval traits_law broken_law() noexcept {
    if constexpr (!has_all_knobs<Traits>) return traits_law::all_knobs;
    else if constexpr (broken_bin_law<Traits>(WordBytes) != traits_law::kept) return broken_bin_law<Traits>(WordBytes);
    else if constexpr (has_too_many_bins<Traits>()) return traits_law::bin_count;
    else if constexpr (broken_value_law<Traits>() != traits_law::kept) return broken_value_law<Traits>();
    else if constexpr (broken_type_law<Traits>() != traits_law::kept) return broken_type_law<Traits>();
    else return broken_promise<Traits>();
}

// Each says its sentence if `Broken` is one of its laws, and is true in any case. Functions, because a class with a false
// static_assert is none for clang.

template <traits_law Broken>
consteval bool say_of_bins() noexcept {
    static_assert(Broken != traits_law::all_knobs,
                  "traits: derive them from allot::default_traits, and keep the type of each knob");
    static_assert(Broken != traits_law::granule, "traits: the granule must be a power of two");
    static_assert(Broken != traits_law::two_words, "traits: the granule must be at least two words");
    static_assert(Broken != traits_law::exact_bin_limit, "traits: exact_bin_limit must be a power of two");
    static_assert(Broken != traits_law::bin_subdivision, "traits: bin_subdivision must be a power of two");
    static_assert(Broken != traits_law::exact_bins,
                  "traits: exact_bin_limit must be at least bin_subdivision granules");
    static_assert(Broken != traits_law::largest_chunk,
                  "traits: largest_chunk must be a power of two, at least exact_bin_limit");
    static_assert(Broken != traits_law::bin_count,
                  "traits: that makes more bins than can be named; take a lower exact_bin_limit or bin_subdivision");
    return true;
}

template <traits_law Broken>
consteval bool say_of_values() noexcept {
    static_assert(Broken != traits_law::fit_probes, "traits: fit_probes must be at least 1");
    static_assert(Broken != traits_law::growth_room, "traits: growth_room must be at most 1024");
    static_assert(Broken != traits_law::cached_chunk_most,
                  "traits: cached_chunk_limit must be at most exact_bin_limit");
    static_assert(Broken != traits_law::cached_chunk_least,
                  "traits: deferred coalescing needs a cached_chunk_limit of at least a granule");
    static_assert(Broken != traits_law::deferred_granule, "traits: deferred coalescing needs a granule of at least 8");
    static_assert(Broken != traits_law::hardening,
                  "traits: hardening::strong and hardening::full are not in this version; use hardening::basic");
    static_assert(Broken != traits_law::lanes, "traits: lanes must be 0 or a power of two, at most 128");
    static_assert(Broken != traits_law::least_stack_bytes, "traits: least_stack_bytes must be at least 64");
    return true;
}

template <traits_law Broken>
consteval bool say_of_types() noexcept {
    static_assert(
        Broken != traits_law::source,
        "traits: source must have `memory_span acquire(size_t) noexcept` and `void release(memory_span) noexcept`");
    static_assert(Broken != traits_law::granularity,
                  "traits: the granularity of a source must be a power of two, at least four granules");
    static_assert(Broken != traits_law::lane_hint,
                  "traits: lane_hint must be `static std::size_t lane_hint() noexcept`");
    static_assert(Broken != traits_law::on_corruption,
                  "traits: on_corruption must be `static void on_corruption(const corruption_report&) noexcept`");
    static_assert(Broken != traits_law::on_exhausted,
                  "traits: on_exhausted must be `static void on_exhausted(std::size_t) noexcept`");
    return true;
}

template <traits_law Broken>
consteval bool say_of_ignored_knobs() noexcept {
    static_assert(
        Broken != traits_law::cache_ignored,
        "traits: cached_chunk_limit and cached_bytes_limit were set, but immediate coalescing caches nothing");
    static_assert(Broken != traits_law::lanes_ignored,
                  "traits: lanes were set, but with immediate coalescing nothing waits in them");
    static_assert(Broken != traits_law::lane_limit_ignored,
                  "traits: lane_bytes_limit was set, but the heap has no lanes");
    static_assert(Broken != traits_law::fit_looks_ignored,
                  "traits: fit_looks was set, but an exhaustive search looks at every chunk");
    static_assert(Broken != traits_law::keep_free_ignored,
                  "traits: keep_free_bytes was set, but there is no source to give back to");
    static_assert(Broken != traits_law::one_region, "traits: one_region was set, but a source brings more of them");
    return true;
}

/// Says which law is broken; true in any case.
template <class Traits>
consteval bool say_broken_law() noexcept {
    constexpr traits_law broken = broken_law<Traits>();
    return say_of_bins<broken>() && say_of_values<broken>() && say_of_types<broken>() && say_of_ignored_knobs<broken>();
}

/// `Traits` if they keep the laws; else a sentence, and traits that do.
template <class Traits, bool = say_broken_law<Traits>()>
struct judged_traits {
    using type = std::conditional_t<broken_law<Traits>() == traits_law::kept, Traits, default_traits>;
};

template <class Traits>
using lawful_traits = typename judged_traits<Traits>::type;

}  // namespace allot::detail
