// The free chunks of a heap by size: one free list a bin, one bit a list.
//
//     96 bytes:   find_in: bin 6 [ 96 ] is empty --> find_larger: the bin map says bin 9 [ 144 ] --> its first chunk
//
// Good fit: a chunk of the request's own bin if one of its first few fits, else the first chunk of the first bin all
// of whose chunks are large enough. Of the first `Probes` chunks of a bin the one with the lowest address is chosen, and a
// chunk goes to the front of its bin only if it is lower than the first: live chunks gather at low addresses and large
// free chunks survive above.
//
// Guarantees: constexpr; insert and remove O(1), find at most 2 * Probes chunks read; `find_anywhere` and `largest` as
// many as they are allowed to.
#pragma once

#include <allot/free/bin_map.hpp>
#include <allot/free/free_list.hpp>

#include <cstddef>

namespace allot::detail {

/// A size, and an alignment of the payload, that a free chunk must have room for.
template <class Chunks>
struct fit {
    std::size_t size;
    std::size_t alignment;

    /// Bytes to leave free below the payload so that it is aligned: none, or enough for a chunk.
    constexpr std::size_t lead_in(std::size_t chunk) const noexcept {
        const std::size_t payload = Chunks::payload_of(chunk);
        const std::size_t lead = align_up(payload, alignment) - payload;
        return lead != 0 && lead < Chunks::min_chunk ? lead + alignment : lead;
    }

    constexpr bool fits_in(std::size_t chunk, std::size_t whole) const noexcept {
        const std::size_t lead = lead_in(chunk);
        return lead <= whole && size <= whole - lead;
    }
};

/// What a look into the highest bin has shown: the largest chunk looked at, how many were, and whether that is all.
struct largest_seen {
    std::size_t bin = 0;
    std::size_t size = 0;
    std::size_t count = 0;
    bool is_all = true;
};

template <class Chunks, class Classes, std::size_t Probes>
class bins {
    using link = typename Chunks::link;

public:
    static constexpr std::size_t bin_count = Classes::bin_count;
    static_assert(bin_count < Chunks::unlisted, "bins: more bins than back links can name");

    constexpr bool is_empty(std::size_t bin) const noexcept { return lists_[bin].is_empty(); }
    ALLOT_INLINE constexpr bool are_empty_from(std::size_t bin) const noexcept {
        return map_.find_from(bin) == bin_count;
    }
    constexpr link first(std::size_t bin) const noexcept { return lists_[bin].first(); }
    constexpr const bin_map<bin_count>& map() const noexcept { return map_; }

    /// Puts a free chunk in front of a bin: that of its size.
    ALLOT_INLINE constexpr void insert_first(Chunks& chunks, std::size_t chunk, std::size_t bin) noexcept {
        if (is_empty(bin)) map_.set(bin);
        lists_[bin].push(chunks, chunk, Chunks::tag_of(bin));
    }

    /// The same, but behind the first chunk there if that one is lower: for bins of several sizes. Where `is_sound(first)` is false
    /// its link is not followed.
    template <class Soundness>
    ALLOT_INLINE constexpr void insert_lowest_first(Chunks& chunks, std::size_t chunk, std::size_t bin,
                                                    Soundness&& is_sound) noexcept {
        const std::size_t lower = is_empty(bin) ? none : chunks.chunk_at(first(bin));
        if (lower == none || lower > chunk || !is_sound(lower)) return insert_first(chunks, chunk, bin);
        lists_[bin].push_second(chunks, chunk);
    }

    /// Takes a free chunk out of its bin. False: it is in none.
    ALLOT_INLINE constexpr bool remove(Chunks& chunks, std::size_t chunk) noexcept {
        const link next = chunks.next_free(chunk);
        const link back = chunks.prev_free(chunk);
        if (!Chunks::is_tag(back)) {
            free_list<Chunks>::unlink(chunks, next, back);
            return true;
        }
        const std::size_t bin = Chunks::bin_in(back);
        if (bin == Chunks::unlisted) return false;
        drop_first(chunks, bin, next);
        return true;
    }

    /// Takes the first chunk out of a bin; `next` is its link.
    ALLOT_INLINE constexpr void drop_first(Chunks& chunks, std::size_t bin, link next) noexcept {
        lists_[bin].drop_first(chunks, next, Chunks::tag_of(bin));
        if (is_empty(bin)) map_.clear(bin);
    }

    /// The lowest fit among the first few chunks of a bin; `none` if none of them fits. A chunk for which `is_sound(chunk)` is
    /// false is returned at once and its links are not followed: the taker looks again and says so.
    template <class Soundness>
    constexpr std::size_t find_in(const Chunks& chunks, std::size_t bin, std::size_t size,
                                  Soundness&& is_sound) const noexcept {
        std::size_t best = none;
        link at = first(bin);
        for (std::size_t probe = 0; probe < Probes && at != Chunks::no_link; ++probe) {
            const std::size_t chunk = chunks.chunk_at(at);
            if (!is_sound(chunk)) [[unlikely]]
                return chunk;
            if (Chunks::is_below_or_first(chunk, best) && chunks.size_of(chunk) >= size) best = chunk;
            at = chunks.next_free(chunk);
        }
        return best;
    }

    /// A fit in the first bin all of whose chunks are large enough; `none` if all of them are empty.
    template <class Soundness>
    constexpr std::size_t find_larger(const Chunks& chunks, std::size_t size, Soundness&& is_sound) const noexcept {
        const std::size_t bin = map_.find_from(Classes::sure_bin_of(size));
        return bin == bin_count ? none : find_in(chunks, bin, size, is_sound);
    }

    /// A chunk for an aligned request: a lucky fit at the front of a few bins, the smallest one first, then those where
    /// every second chunk has room for it, aligned; else one that is sure to do.
    constexpr std::size_t find_aligned(const Chunks& chunks, const fit<Chunks>& wanted) const noexcept {
        const std::size_t padded = wanted.size + wanted.alignment + Chunks::min_chunk;
        if (padded < wanted.alignment || padded > Classes::largest) return none;
        const std::size_t hopeful = Classes::bin_of(wanted.size + wanted.alignment / 2);
        std::size_t bin = map_.find_from(Classes::bin_of(wanted.size));
        for (std::size_t probe = 0; probe < aligned_probes && bin != bin_count; ++probe) {
            const std::size_t found = chunks.chunk_at(first(bin));
            if (wanted.fits_in(found, chunks.size_of(found))) return found;
            bin = map_.find_from(bin < hopeful ? hopeful : bin + 1);
        }
        bin = map_.find_from(Classes::sure_bin_of(padded));
        return bin == bin_count ? none : chunks.chunk_at(first(bin));
    }

    /// The last resort: any chunk of any bin that fits, or one that is not sound, among the first `Looks` of them.
    template <std::size_t Looks, class Soundness>
    constexpr std::size_t find_anywhere(const Chunks& chunks, const fit<Chunks>& wanted,
                                        Soundness&& is_sound) const noexcept {
        std::size_t looks = Looks;
        std::size_t bin = map_.find_from(Classes::bin_of(wanted.size));
        for (; bin != bin_count; bin = map_.find_from(bin + 1)) {
            for (link at = first(bin); at != Chunks::no_link; at = chunks.next_free(chunks.chunk_at(at))) {
                const std::size_t chunk = chunks.chunk_at(at);
                if (looks-- == 0) return none;
                if (!is_sound(chunk) || wanted.fits_in(chunk, chunks.size_of(chunk))) return chunk;
            }
        }
        return none;
    }

    /// The largest of the first `Looks` chunks of the highest bin that is not empty. O(Looks).
    template <std::size_t Looks>
    constexpr largest_seen largest(const Chunks& chunks) const noexcept {
        const std::size_t bin = map_.find_last();
        if (bin == bin_count) return {};
        largest_seen seen{bin, 0, 0, true};
        for (link at = first(bin); at != Chunks::no_link; at = chunks.next_free(chunks.chunk_at(at))) {
            if (seen.count == Looks) {
                seen.is_all = false;
                break;
            }
            const std::size_t size = chunks.size_of(chunks.chunk_at(at));
            if (size > seen.size) seen.size = size;
            ++seen.count;
        }
        return seen;
    }

    /// Calls `visit(chunk)` for the first `looks` chunks from the highest bin down, until it is false for one.
    template <class Visit>
    constexpr void for_largest(const Chunks& chunks, std::size_t looks, Visit&& visit) const noexcept {
        for (std::size_t bin = map_.find_last(); bin != bin_count; bin = map_.find_below(bin)) {
            for (link at = first(bin); at != Chunks::no_link; at = chunks.next_free(chunks.chunk_at(at))) {
                if (looks-- == 0 || !visit(chunks.chunk_at(at))) return;
            }
        }
    }

    /// To be called when the origin of the links is about to move. O(free chunks).
    constexpr void shift(Chunks& chunks, link granules) noexcept {
        for (free_list<Chunks>& list : lists_) list.shift(chunks, granules);
    }

private:
    /// A chunk more to look at helps little: each fits at even odds or better.
    static constexpr std::size_t aligned_probes = Probes < 4 ? Probes : 4;

    bin_map<bin_count> map_;
    free_list<Chunks> lists_[bin_count];
};

}  // namespace allot::detail
