// Every knob of a heap in one struct, and three ready-made settings.
//
//     struct my_traits : allot::default_traits {
//         static constexpr auto coalescing = allot::coalescing::immediate;      // hide what you want to change
//     };
//     constinit allot::basic_heap<my_traits> heap;
//
// A heap checks its traits when it is compiled: every law below is a static_assert with a sentence. Heaps with
// different traits are different types; nothing is configured by macros.
#pragma once

#include <allot/base/align.hpp>
#include <allot/chunks/chunk.hpp>
#include <allot/policy/corruption.hpp>
#include <allot/policy/lane_hint.hpp>
#include <allot/policy/source.hpp>

#include <concepts>
#include <cstddef>

namespace allot {

/// When a freed chunk merges with its free neighbours.
enum class coalescing : unsigned char {
    immediate,  ///< at once: constant worst case, nothing held back
    deferred    ///< small chunks wait, as they are, for a request of their size; merged in bounded pieces, when memory is
                ///< short, or when all has come back to a heap that held much more
};

/// How much the heap checks before it believes a pointer or a header.
enum class hardening : unsigned char {
    none,    ///< nothing
    basic,   ///< pointer in a region and aligned, flags of both neighbours agree, size sane, footer and links before use
    strong,  ///< not in this version
    full     ///< not in this version
};

/// What a heap does when no bin is sure to hold a fit and the top is too small.
enum class fit_search : unsigned char {
    bounded,    ///< it looks at `fit_looks` free chunks that could fit, then fails: one may sit deeper in the bin of the
                ///< request's own size
    exhaustive  ///< it looks at every one: O(free chunks) a request that fails, before a source is asked too
};

/// The default of `keep_free_bytes`: see there.
inline constexpr std::size_t keep_an_eighth = ~std::size_t{0};

struct default_traits {
    /// Unit of chunk sizes and alignment of every payload. A power of two, at least two words.
    static constexpr std::size_t granule =
        2 * sizeof(std::size_t) > alignof(std::max_align_t) ? 2 * sizeof(std::size_t) : alignof(std::max_align_t);

    /// Chunks below this many bytes have a bin for each size. A power of two, at least `bin_subdivision` granules.
    static constexpr std::size_t exact_bin_limit = 1024;

    /// Bins a doubling above `exact_bin_limit`. A power of two.
    static constexpr std::size_t bin_subdivision = 16;

    /// No chunk is larger; a region that would need one is refused (`out_of_reach`). A power of two.
    static constexpr std::size_t largest_chunk = std::size_t{1} << (sizeof(std::size_t) == 8 ? 47 : sizeof(std::size_t) * 8 - 1);

    /// Width of the links in free chunks. Two-word chunks need `compact` on a 64-bit target with a granule of 16.
    static constexpr auto links = allot::links::word;

    /// Of this many chunks at the front of a bin, the fit with the lowest address is taken. At least 1.
    static constexpr std::size_t fit_probes = 4;

    static constexpr auto search = fit_search::bounded;

    /// How many free chunks that could fit a bounded search looks at before a request fails. 0: none, as every TLSF does.
    static constexpr std::size_t fit_looks = 32;

    /// A chunk of at least 4 * `exact_bin_limit` bytes that has to move to grow, to no more than twice its size, gets room to
    /// grow on: at least this many times its size is free below it, for what lies there, and about as much or more above. In a
    /// heap with little to spare it gets none: three quarters of all memory stay free in one piece. At most 1024; 0: never.
    static constexpr std::size_t growth_room = 8;

    static constexpr auto coalescing = allot::coalescing::deferred;

    /// The largest chunk that deferred coalescing keeps as it is. At least a granule, at most `exact_bin_limit`.
    static constexpr std::size_t cached_chunk_limit = 512;

    /// Chunks of no more than this many bytes together are cached, none if that is not enough for the largest one. A full cache
    /// merges what is freed, and one that waits. In a heap that frees have taken far below its peak there is room for no more
    /// than callers own.
    static constexpr std::size_t cached_bytes_limit = std::size_t{256} * 1024;

    /// How many lanes of cached chunks a locked heap has in front of its lock, for use once threads have to wait for it.
    /// 0 or a power of two, at most 128. Needs deferred coalescing, a lock that tells `is_held`, and about 450 bytes a lane.
    static constexpr std::size_t lanes = sizeof(std::size_t) == 8 ? 8 : 0;

    /// A lane with more bytes than this gives chunks back to the heap, a bounded number a call.
    static constexpr std::size_t lane_bytes_limit = std::size_t{256} * 1024;

    static constexpr auto hardening = allot::hardening::basic;

    /// Where more memory comes from when a request does not fit. A `memory_source`.
    using source = no_source;

    /// How many bytes of what the source gave may lie wholly free before anything goes back. `keep_an_eighth`: none, until the
    /// source was asked again for what had gone back to it; from then on the largest of 1 MiB, an eighth of what it gave, and
    /// what (up to 32 MiB) it was asked for at once of as much that had gone. At an end of a region that is in use 1 MiB or an
    /// eighth stays from the start. `coalesce` gives back all the same.
    static constexpr std::size_t keep_free_bytes = keep_an_eighth;

    /// No stack has fewer bytes: by this a locked heap tells a source that calls back into it from threads that ask at the same
    /// time (policy/asker.hpp). At least 64.
    static constexpr std::size_t least_stack_bytes = sizeof(std::size_t) == 8 ? 4096 : 1024;

    /// Which lane the caller uses: any number, best one that differs between threads that run at the same time and stays
    /// the same within each. A kernel returns the number of its core.
    static std::size_t lane_hint() noexcept { return detail::stack_window(); }

    /// Called with a detected corruption. Must not return.
    static void on_corruption(const corruption_report&) noexcept { detail::trap(); }

    /// Called by the adapters that may not answer null, when `bytes` cannot be had: before a new-handler, before `bad_alloc`.
    static void on_exhausted(std::size_t /*bytes*/) noexcept {}
};

/// Constant worst case: every call does a bounded number of steps, and few, whatever the size of the heap.
struct bounded_traits : default_traits {
    static constexpr std::size_t fit_probes = 1;
    static constexpr auto coalescing = allot::coalescing::immediate;
    static constexpr std::size_t fit_looks = 0;
};

/// Smallest chunks: an 8-byte request costs 16 bytes on 64-bit.
struct compact_traits : default_traits {
    static constexpr auto links = allot::links::compact;
};

namespace detail {

template <class Traits>
concept has_corruption_hook = requires(const corruption_report& report) {
    { Traits::on_corruption(report) } noexcept;
};

template <class Traits>
concept has_exhaustion_hook = requires(std::size_t bytes) {
    { Traits::on_exhausted(bytes) } noexcept;
};

template <class Traits>
concept has_lane_hint = requires {
    { Traits::lane_hint() } noexcept -> std::convertible_to<std::size_t>;
};

/// Proves the laws of the traits; instantiating it is the check.
template <class Traits>
struct checked_traits : Traits {
    static_assert(is_power_of_two(Traits::granule), "traits: the granule must be a power of two");
    static_assert(is_power_of_two(Traits::exact_bin_limit), "traits: exact_bin_limit must be a power of two");
    static_assert(is_power_of_two(Traits::bin_subdivision), "traits: bin_subdivision must be a power of two");
    static_assert(Traits::exact_bin_limit >= Traits::granule * Traits::bin_subdivision,
                  "traits: exact_bin_limit must be at least bin_subdivision granules");
    static_assert(is_power_of_two(Traits::largest_chunk) && Traits::largest_chunk >= Traits::exact_bin_limit,
                  "traits: largest_chunk must be a power of two, at least exact_bin_limit");
    static_assert(Traits::fit_probes >= 1, "traits: fit_probes must be at least 1");
    static_assert(Traits::growth_room <= 1024, "traits: growth_room must be at most 1024");
    static_assert(Traits::coalescing == coalescing::immediate || Traits::cached_chunk_limit <= Traits::exact_bin_limit,
                  "traits: cached_chunk_limit must be at most exact_bin_limit");
    static_assert(Traits::coalescing == coalescing::immediate || Traits::cached_chunk_limit >= Traits::granule,
                  "traits: deferred coalescing needs a cached_chunk_limit of at least a granule");
    static_assert(Traits::coalescing == coalescing::immediate || Traits::granule >= 8,
                  "traits: deferred coalescing needs a granule of at least 8");
    static_assert(Traits::hardening == hardening::none || Traits::hardening == hardening::basic,
                  "traits: hardening::strong and hardening::full are not in this version; use hardening::basic");
    static_assert(Traits::lanes == 0 || (is_power_of_two(Traits::lanes) && Traits::lanes <= 128),
                  "traits: lanes must be 0 or a power of two, at most 128");
    static_assert(has_lane_hint<Traits>, "traits: lane_hint must be `static std::size_t lane_hint() noexcept`");
    static_assert(Traits::least_stack_bytes >= 64, "traits: least_stack_bytes must be at least 64");
    static_assert(memory_source<typename Traits::source>,
                  "traits: source must have `memory_span acquire(std::size_t) noexcept` and `void release(memory_span) noexcept`");
    static_assert(granularity_of<typename Traits::source>() == 1 || (is_power_of_two(granularity_of<typename Traits::source>()) &&
                                                                     granularity_of<typename Traits::source>() >= 4 * Traits::granule),
                  "traits: the granularity of a source must be a power of two, at least four granules");
    static_assert(has_corruption_hook<Traits>,
                  "traits: on_corruption must be `static void on_corruption(const corruption_report&) noexcept`");
    static_assert(has_exhaustion_hook<Traits>,
                  "traits: on_exhausted must be `static void on_exhausted(std::size_t) noexcept`");
};

}  // namespace detail
}  // namespace allot
