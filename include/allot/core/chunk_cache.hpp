// Chunks that were freed but not yet coalesced: one list for each small size, last in first out.
//
//     size 32:  first -> [cached] -> [cached] -> no link        in-use flag still set: neighbours leave them alone
//     size 48:  no link
//
// A request of exactly that size takes the first one and touches no neighbour. (Deferred coalescing: the quick lists
// of Weinstock's QuickFit and dlmalloc's fastbins.) The lists are limited by the bytes in all of them.
//
// What callers own is what was taken from the free chunks and is not cached: the tally beside the lists counts that.
//
// `take` and `keep` are the short ways of a heap: a few instructions, inlined into its caller. They believe nothing that they
// have not looked at, and leave what they do not believe to the long ways.
//
// Guarantees: constexpr; take, keep, push and pop O(1); singly linked through the first payload word.
#pragma once

#include <allot/chunks/chunk.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace allot::detail {

/// True if all memory that a heap can ever have is far less than half of all addresses.
template <class Knobs>
inline constexpr bool is_narrow = (Knobs::largest_chunk <= ~std::size_t{0} / 4) && Knobs::one_region;

/// What is taken from the free chunks, for callers or for the cache, and the most that callers ever owned. The cache counts
/// itself and callers own the difference, so a small chunk that goes to and fro between them is not counted here. Of a
/// payload that moves, its old place is taken until it was copied, but owned by nobody: it is in flight.
///
/// `IsNarrow`: what callers own, and what they do not, are numbers of half the range. `IsSeen`: others look, or take memory, while a
/// payload moves.
template <bool IsNarrow = false, bool IsSeen = true>
class tally {
    using difference = std::conditional_t<IsNarrow, std::ptrdiff_t, std::int64_t>;

public:
    constexpr std::size_t taken_bytes() const noexcept {
        return peak_ + static_cast<std::size_t>(cached_at_peak_) + in_flight_;
    }
    constexpr std::size_t taken_chunks() const noexcept { return taken_chunks_; }
    constexpr std::size_t in_use_bytes(std::size_t cached_bytes) const noexcept { return taken_bytes() - cached_bytes; }
    constexpr std::size_t peak_in_use_bytes(std::size_t cached_bytes) const noexcept {
        tally settled = *this;
        settled.settle_peak(cached_bytes);
        return settled.peak_;
    }

    /// True if callers once owned several times what is taken now.
    constexpr bool is_far_below_peak() const noexcept { return taken_bytes() < peak_ / 4; }

    constexpr void took(std::size_t chunk_size) noexcept {
        cached_at_peak_ += static_cast<difference>(chunk_size);
        ++taken_chunks_;
    }
    constexpr void gave_back(std::size_t chunk_size) noexcept {
        cached_at_peak_ -= static_cast<difference>(chunk_size);
        --taken_chunks_;
    }
    /// One taken chunk became `pieces`.
    constexpr void was_cut(std::size_t pieces) noexcept { taken_chunks_ += pieces - 1; }
    constexpr void resized(std::size_t from, std::size_t to) noexcept {
        cached_at_peak_ += static_cast<difference>(to) - static_cast<difference>(from);
    }

    /// From here on, and until they land, no caller owns these bytes: they are only still read. Not counted where nobody sees it.
    constexpr void departed(std::size_t bytes) noexcept {
        if constexpr (!IsSeen) return;
        resized(bytes, 0);
        in_flight_ += bytes;
    }
    constexpr void landed(std::size_t bytes) noexcept {
        if constexpr (!IsSeen) return;
        resized(0, bytes);
        in_flight_ -= bytes;
    }

    /// To be called where what callers own is about to fall: the one time to look whether this was a peak. One comparison with
    /// one counter.
    ALLOT_INLINE constexpr void settle_peak(std::size_t cached_bytes) noexcept {
        const auto cached = static_cast<difference>(cached_bytes);
        if (cached >= cached_at_peak_) [[likely]]
            return;
        peak_ += static_cast<std::size_t>(cached_at_peak_ - cached);
        cached_at_peak_ = cached;
    }

private:
    /// What is cached when callers own as much as at the peak: taken, less the peak. It may be less than nothing, and what a
    /// 32-bit heap holds beyond its peak may be more than half of all addresses: hence signed, and wide.
    difference cached_at_peak_ = 0;
    std::size_t peak_ = 0;
    std::size_t taken_chunks_ = 0;
    std::size_t in_flight_ = 0;
};

template <class Chunks, std::size_t ChunkLimit, bool IsChecked>
class chunk_cache {
    using link = typename Chunks::link;

public:
    static constexpr std::size_t largest = align_down(ChunkLimit, Chunks::granule);
    static constexpr std::size_t list_count = largest / Chunks::granule + 1;

    /// The list of a size; of what is no multiple of the granule, none that there is.
    ALLOT_INLINE static constexpr std::size_t list_of(std::size_t size) noexcept {
        return std::rotr(size, Chunks::granule_bits);
    }

    /// True if a header is that of a cached chunk of `size` bytes, whatever it knows of the lower neighbour.
    ALLOT_INLINE static constexpr bool is_cached(std::size_t header, std::size_t size) noexcept {
        constexpr std::size_t flags = Chunks::in_use | Chunks::cached | Chunks::prev_flags;
        return (header | Chunks::prev_flags) == size + flags;
    }

    /// True if chunks of `size` have a list here; `size` need not be a chunk size. One comparison.
    ALLOT_INLINE static constexpr bool is_cacheable(std::size_t size) noexcept {
        return list_of(size) - least_list < lists_in_use;
    }
    static constexpr std::size_t size_in_list(std::size_t list) noexcept { return list * Chunks::granule; }

    /// A cache without room, all zeros, until `limit_to` gives it some.
    constexpr chunk_cache() noexcept = default;

    /// A cache that has no room with `limit` bytes in it.
    constexpr explicit chunk_cache(std::size_t limit) noexcept : limit_(limit) {}

    constexpr std::size_t bytes() const noexcept { return bytes_; }
    constexpr bool has_room() const noexcept { return bytes_ < limit_; }
    constexpr std::size_t limit() const noexcept { return limit_; }
    constexpr void limit_to(std::size_t limit) noexcept { limit_ = limit; }
    constexpr link first(std::size_t list) const noexcept { return first_[list]; }

    /// True if `some_size` looks at lists that exist.
    constexpr bool is_cursor_sound() const noexcept { return cursor_ < list_count; }

    // --- the short ways ----------------------------------------------------------------------------------------------

    /// Takes the first chunk of `size` bytes. False: there is none, or none in the hot region that is sound; nothing has changed.
    /// Pre: cacheable.
    ALLOT_INLINE constexpr bool take(Chunks& chunks, std::size_t size, std::size_t& chunk) noexcept {
        link& first = first_[list_of(size)];
        chunk = chunks.chunk_at(first);
        if (IsChecked ? !chunks.may_start_in_hot(chunk) : first == Chunks::no_link) [[unlikely]]
            return false;
        const std::size_t header = chunks.header_of(chunk);
        if (IsChecked && !is_cached(header, size)) [[unlikely]]
            return false;
        first = chunks.unmark_cached(chunk, header);
        bytes_ -= size;
        return true;
    }

    /// Keeps a small chunk as it is for the next request of its size, if a caller surely owns it, with at least `owned` bytes for
    /// its payload. Not one above a free chunk: merged at once, it keeps no larger one apart. False: it is any other chunk, and
    /// nothing has changed, for want of room too.
    template <class Tally>
    ALLOT_INLINE constexpr bool keep(Chunks& chunks, std::size_t chunk, std::size_t owned, Tally& counted) noexcept {
        if (bytes_ >= limit_) [[unlikely]]
            return false;
        if (IsChecked ? !chunks.may_start_in_hot(chunk) : Chunks::is_under_null(chunk)) [[unlikely]]
            return false;
        const std::size_t header = chunks.header_of(chunk);
        const std::size_t size = Chunks::size_if_plain(header);
        const std::size_t list = std::rotr(size, Chunks::granule_bits);
        if (list - least_list >= lists_in_use || owned > size - Chunks::word_bytes) return false;
        if (IsChecked && (chunks.header_of(chunk + size) & Chunks::prev_in_use) == 0) [[unlikely]]
            return false;
        counted.settle_peak(bytes_);
        chunks.mark_cached(chunk, header, first_[list]);
        first_[list] = chunks.link_to(chunk);
        bytes_ += size;
        return true;
    }

    // --- a list at a time --------------------------------------------------------------------------------------------

    /// Puts a chunk in front of the list of its size.
    constexpr void push(Chunks& chunks, std::size_t chunk, std::size_t size) noexcept {
        link& first = first_[list_of(size)];
        chunks.set_next_cached(chunk, first);
        first = chunks.link_to(chunk);
        bytes_ += size;
    }

    /// Where the chunk is that `pop` would take, still in its list; `none` if there is none of this size.
    constexpr std::size_t peek(const Chunks& chunks, std::size_t size) const noexcept {
        const link first = first_[list_of(size)];
        return first == Chunks::no_link ? none : chunks.chunk_at(first);
    }

    /// Takes the first chunk off the list of its size. Pre: `chunk` is what `peek` found.
    constexpr void pop(const Chunks& chunks, std::size_t chunk, std::size_t size) noexcept {
        first_[list_of(size)] = chunks.next_cached(chunk);
        bytes_ -= size;
    }

    /// Calls `visit(chunk)` for each, as long as the lists agree with the bytes. O(cached chunks).
    template <class Visit>
    constexpr void for_each(const Chunks& chunks, Visit&& visit) const noexcept {
        std::size_t left = bytes_;
        for (std::size_t list = list_count - 1; list != 0; --list) {
            for (link at = first_[list]; at != Chunks::no_link && left != 0;
                 at = chunks.next_cached(chunks.chunk_at(at))) {
                left -= left < size_in_list(list) ? left : size_in_list(list);
                visit(chunks.chunk_at(at));
            }
        }
    }

    /// How many there are. O(cached chunks): a counter would cost every small call more than all else that it counts.
    constexpr std::size_t count(const Chunks& chunks) const noexcept {
        std::size_t found = 0;
        for_each(chunks, [&](std::size_t) { ++found; });
        return found;
    }

    /// The size of some cached chunk, going round the lists from call to call; 0 if the next `looks` lists are empty.
    constexpr std::size_t some_size(std::size_t looks) noexcept {
        for (std::size_t looked_at = 0; looked_at < looks; ++looked_at) {
            if (first_[cursor_] != Chunks::no_link) return size_in_list(cursor_);
            cursor_ = cursor_ + 1 == list_count ? 0 : cursor_ + 1;
        }
        return 0;
    }

    /// The size of some cached chunk, of another list from call to call if there are several; 0 if there is none.
    constexpr std::size_t next_size() noexcept {
        cursor_ = cursor_ + 1 == list_count ? 0 : cursor_ + 1;
        return some_size(list_count);
    }

    /// Swaps the lists of `size`; this cache gains `gained` bytes by it, modulo the word.
    constexpr void swap_list(chunk_cache& other, std::size_t size, std::size_t gained) noexcept {
        std::swap(first_[list_of(size)], other.first_[list_of(size)]);
        bytes_ += gained;
        other.bytes_ -= gained;
    }

    /// To be called when the origin of the links is about to move. O(cached chunks).
    constexpr void shift(Chunks& chunks, link granules) noexcept {
        for (link& first : first_) {
            for (link at = first; at != Chunks::no_link;) {
                const std::size_t chunk = chunks.chunk_at(at);
                at = chunks.next_cached(chunk);
                chunks.set_next_cached(chunk, Chunks::shifted(at, granules));
            }
            first = Chunks::shifted(first, granules);
        }
    }

private:
    static constexpr std::size_t least_list = Chunks::min_chunk / Chunks::granule;
    static constexpr std::size_t lists_in_use = list_count - least_list;

    link first_[list_count] = {};
    std::size_t bytes_ = 0;
    std::size_t limit_ = 0;
    std::size_t cursor_ = 0;
};

/// Immediate coalescing: nothing is ever cached.
template <class Chunks, bool IsChecked>
class chunk_cache<Chunks, 0, IsChecked> {
public:
    static constexpr std::size_t list_count = 0;
    static constexpr void limit_to(std::size_t /*limit*/) noexcept {}
    static constexpr std::size_t bytes() noexcept { return 0; }
    static constexpr std::size_t count(const Chunks& /*chunks*/) noexcept { return 0; }
    template <class Visit>
    static constexpr void for_each(const Chunks& /*chunks*/, Visit&& /*visit*/) noexcept {}
    static constexpr bool is_cursor_sound() noexcept { return true; }
    static constexpr void shift(Chunks& /*chunks*/, typename Chunks::link /*granules*/) noexcept {}
};

/// The largest chunk that waits in a lane over a store. A lane is emptied before memory runs out, so it may be twice as large as a
/// cached one, if such have bins of their own, whence the lane is refilled.
template <class Store>
inline constexpr std::size_t waiting_limit =
    2 * Store::index_type::cached_limit <= Store::knobs::exact_bin_limit ? 2 * Store::index_type::cached_limit
                                                                         : Store::index_type::cached_limit;

/// The lists of such a lane.
template <class Store>
using waiting_cache =
    chunk_cache<typename Store::chunks_type, Store::is_deferred ? waiting_limit<Store> : 0, Store::is_checked>;

}  // namespace allot::detail
