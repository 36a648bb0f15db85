// Every knob of a heap in one struct, four ready-made settings, and two ways to turn knobs.
//
//     constinit allot::basic_heap<allot::tuned<allot::knobs{.coalescing = allot::coalescing::immediate}>> heap;
//
//     struct my_traits : allot::default_traits {
//         static constexpr auto coalescing = allot::coalescing::immediate;      // hide what you want to change
//         using source = my_source;                                             // a source and hooks go only this way
//     };
//     constinit allot::basic_heap<my_traits> heap;
//
// A misspelt knob of `knobs` does not compile; a misspelt member of a struct is one more member, and changes nothing. A heap
// checks its traits when it is compiled (policy/laws.hpp): the first law that is broken is said in one sentence. Heaps with
// different traits are different types; nothing is configured by macros.
#pragma once

#include <allot/base/assert.hpp>
#include <allot/chunks/chunk.hpp>
#include <allot/policy/corruption.hpp>
#include <allot/policy/lane_hint.hpp>
#include <allot/policy/source.hpp>

#include <cstddef>

namespace allot {

/// When a freed chunk merges with its free neighbours.
enum class coalescing : unsigned char {
    immediate,  ///< at once: constant worst case, nothing held back
    deferred  ///< small chunks wait, as they are, for a request of their size; merged in bounded pieces, when memory is
              ///< short, or when all has come back to a heap that held much more
};

/// How much the heap checks before it believes a pointer or a header.
enum class hardening : unsigned char {
    none,   ///< nothing
    basic,  ///< pointer in a region and aligned, flags of both neighbours agree, size sane, footer and links before use
    strong,  ///< not in this version
    full     ///< not in this version
};

/// What a heap does when no bin is sure to hold a fit and the top is too small.
enum class fit_search : unsigned char {
    bounded,  ///< it looks at `fit_looks` free chunks that could fit, then fails: one may sit deeper in the bin of the
              ///< request's own size
    exhaustive  ///< it looks at every one: O(free chunks) a request that fails, before a source is asked too
};

/// The default of `keep_free_bytes`: see there.
inline constexpr std::size_t keep_an_eighth = ~std::size_t{0};

struct default_traits {
    /// Unit of chunk sizes and alignment of every payload. A power of two, at least two words.
    static constexpr std::size_t granule = 2 * sizeof(std::size_t) > alignof(std::max_align_t)
                                               ? 2 * sizeof(std::size_t)
                                               : alignof(std::max_align_t);

    /// Chunks below this many bytes have a bin for each size. A power of two, at least `bin_subdivision` granules.
    static constexpr std::size_t exact_bin_limit = 1024;

    /// Bins a doubling above `exact_bin_limit`; half as many for chunks of 16,384 times that and more. A power of two.
    static constexpr std::size_t bin_subdivision = 16;

    /// No chunk is larger; a region that would need one is refused (`out_of_reach`). A power of two.
    static constexpr std::size_t largest_chunk = std::size_t{1}
                                                 << (sizeof(std::size_t) == 8 ? 47 : sizeof(std::size_t) * 8 - 1);

    /// True: the heap takes one region at a time, and refuses another (`only_one`) until that was removed. Less code, no descriptor
    /// in the region, and nothing to look up. Not with a source.
    static constexpr bool one_region = false;

    /// Width of the links in free chunks. Two-word chunks need `compact` on a 64-bit target with a granule of 16.
    static constexpr auto links = allot::links::word;

    /// Of this many chunks at the front of a bin, the fit with the lowest address is taken. At least 1.
    static constexpr std::size_t fit_probes = 1;

    static constexpr auto search = fit_search::bounded;

    /// How many free chunks that could fit a bounded search looks at before a request fails. 0: none, as every TLSF does.
    static constexpr std::size_t fit_looks = 32;

    /// A chunk of at least 4 * `exact_bin_limit` bytes that has to move to grow, to no more than twice its size, gets room to
    /// grow on: at least this many times its size is free below it, for what lies there, and about as much or more above. In a
    /// heap with little to spare it gets none: three quarters of all memory stay free in one piece. At most 1024; 0: never.
    static constexpr std::size_t growth_room = 8;

    static constexpr auto coalescing = allot::coalescing::deferred;

    /// The largest chunk that deferred coalescing keeps as it is. At least a granule, at most `exact_bin_limit`. Lanes keep chunks twice
    /// as large, if those have bins of their own.
    static constexpr std::size_t cached_chunk_limit = 512;

    /// Chunks of no more than this many bytes together are cached, none if that is not enough for the largest one. A full cache
    /// merges what is freed, and one that waits. In a heap that frees have taken far below its peak there is room for no more
    /// than callers own; once a request had to wait for cached chunks to merge there is none until as many chunks were freed as a
    /// quarter of it has bytes, or 32,768, and slowly more from then on; where memory comes there is all of it.
    static constexpr std::size_t cached_bytes_limit = std::size_t{256} * 1024;

    /// How many lanes of cached chunks a locked heap has in front of its lock, for use once threads have to wait for it.
    /// 0 or a power of two, at most 128. Needs deferred coalescing, a lock that tells `is_held`, and about 1,100 bytes a lane.
    static constexpr std::size_t lanes = sizeof(std::size_t) == 8 ? 8 : 0;

    /// A lane with more bytes than this gives chunks back to the heap, a bounded number a call.
    static constexpr std::size_t lane_bytes_limit = std::size_t{256} * 1024;

    static constexpr auto hardening = allot::hardening::basic;

    /// Where more memory comes from when a request does not fit. A `memory_source`.
    using source = no_source;

    /// How many bytes of what the source gave may lie wholly free before anything goes back. `keep_an_eighth`: none, until the
    /// source was asked again for what had gone back to it; from then on the largest of 1 MiB, an eighth of what it gave, and
    /// what (up to 32 MiB) it was asked for at once of as much that had gone. At an end of a region that is in use 1 MiB or an
    /// eighth stays from the start. A heap that goes down and up again, over and over, keeps as much as that, up to 8 MiB, and
    /// does not have it purged. `coalesce` gives back all the same.
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

/// Least code and least control block, for microcontrollers: as `bounded_traits`, with one region of at most 1 MiB, few bins and
/// no room to grow. A larger region is refused (`out_of_reach`), and so is a second one (`only_one`). Packs less well: chunks of
/// a doubling share a bin. Memory in several banks: `tuned<knobs{.one_region = false}, small_traits>`.
struct small_traits : bounded_traits {
    static constexpr std::size_t exact_bin_limit = 64;
    static constexpr std::size_t bin_subdivision = 1;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 20;
    static constexpr bool one_region = true;
    static constexpr std::size_t growth_room = 0;
};

/// One value knob, which is said or not: `knobs{.fit_looks = 8}` says one of them and leaves the others to the base.
template <class T>
struct knob {
    T value{};
    bool is_said = false;

    constexpr knob() noexcept = default;
    constexpr knob(T chosen) noexcept : value(chosen), is_said(true) {}

    /// What holds where `inherited` would without this knob.
    constexpr T over(T inherited) const noexcept { return is_said ? value : inherited; }
};

/// Every value knob of `default_traits`, where each is explained, by its name. What is not said stays as the base has it. Those
/// that are said stand in this order, as C++ wants it of designated initialisers.
struct knobs {
    knob<std::size_t> granule{};
    knob<std::size_t> exact_bin_limit{};
    knob<std::size_t> bin_subdivision{};
    knob<std::size_t> largest_chunk{};
    knob<bool> one_region{};
    knob<allot::links> links{};
    knob<std::size_t> fit_probes{};
    knob<fit_search> search{};
    knob<std::size_t> fit_looks{};
    knob<std::size_t> growth_room{};
    knob<allot::coalescing> coalescing{};
    knob<std::size_t> cached_chunk_limit{};
    knob<std::size_t> cached_bytes_limit{};
    knob<std::size_t> lanes{};
    knob<std::size_t> lane_bytes_limit{};
    knob<allot::hardening> hardening{};
    knob<std::size_t> keep_free_bytes{};
    knob<std::size_t> least_stack_bytes{};
};

/// `Base` with some knobs turned: `basic_heap<tuned<knobs{.coalescing = coalescing::immediate}>>`. A misspelt knob does not
/// compile, and neither does a heap of these traits with a knob said that it would ignore (policy/laws.hpp). A source and hooks
/// come from `Base`, or from a struct that derives from this one.
template <knobs Knobs, class Base = default_traits>
struct tuned : Base {
    using tuned_base = Base;
    static constexpr knobs said = Knobs;

    static constexpr std::size_t granule = said.granule.over(Base::granule);
    static constexpr std::size_t exact_bin_limit = said.exact_bin_limit.over(Base::exact_bin_limit);
    static constexpr std::size_t bin_subdivision = said.bin_subdivision.over(Base::bin_subdivision);
    static constexpr std::size_t largest_chunk = said.largest_chunk.over(Base::largest_chunk);
    static constexpr bool one_region = said.one_region.over(Base::one_region);
    static constexpr auto links = said.links.over(Base::links);
    static constexpr std::size_t fit_probes = said.fit_probes.over(Base::fit_probes);
    static constexpr auto search = said.search.over(Base::search);
    static constexpr std::size_t fit_looks = said.fit_looks.over(Base::fit_looks);
    static constexpr std::size_t growth_room = said.growth_room.over(Base::growth_room);
    static constexpr auto coalescing = said.coalescing.over(Base::coalescing);
    static constexpr std::size_t cached_chunk_limit = said.cached_chunk_limit.over(Base::cached_chunk_limit);
    static constexpr std::size_t cached_bytes_limit = said.cached_bytes_limit.over(Base::cached_bytes_limit);
    static constexpr std::size_t lanes = said.lanes.over(Base::lanes);
    static constexpr std::size_t lane_bytes_limit = said.lane_bytes_limit.over(Base::lane_bytes_limit);
    static constexpr auto hardening = said.hardening.over(Base::hardening);
    static constexpr std::size_t keep_free_bytes = said.keep_free_bytes.over(Base::keep_free_bytes);
    static constexpr std::size_t least_stack_bytes = said.least_stack_bytes.over(Base::least_stack_bytes);
};

}  // namespace allot
