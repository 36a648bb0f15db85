// The free chunks of a heap by size: one free list a bin, one bit a list.
//
//     96 bytes:   find_in: bin 6 [ 96 ] is empty --> find_larger: the bin map says bin 9 [ 144 ] --> its first chunk
//
// Good fit: a chunk of the request's own bin if one of its first few fits, else the first chunk of the next bin that is not
// empty, all of whose chunks are large enough. Of the first `Probes` chunks of a bin the lowest one that fits is chosen. A bin
// of one size is last in, first out. In one of several sizes a chunk goes to the front if it is lower than the first, else to
// the back, where nothing has to be read: live chunks gather at low addresses and large free chunks survive above.
//
// Guarantees: constexpr; insert and remove O(1), find at most Probes + 1 chunks read; `find_anywhere` and `largest` as
// many as they are allowed to.
#pragma once

#include <allot/free/bin_map.hpp>
#include <allot/free/free_lists.hpp>

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

    /// What is to be taken out of a free chunk.
    constexpr sized_chunk piece_of(std::size_t chunk) const noexcept { return {chunk + lead_in(chunk), size}; }

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

/// A free chunk, and the bin in whose list it is.
struct binned_chunk {
    std::size_t chunk = none;
    std::size_t bin = 0;
};

template <class Chunks, class Classes, std::size_t Probes>
class bins {
public:
    static constexpr std::size_t bin_count = Classes::bin_count;

    /// True if what `find` finds is the first chunk of its bin.
    static constexpr bool finds_first = Probes == 1;

    constexpr bool is_empty(std::size_t bin) const noexcept { return !map_.is_set(bin); }
    ALLOT_INLINE constexpr bool are_empty_from(std::size_t bin) const noexcept {
        return map_.find_from(bin) == bin_count;
    }
    /// The first chunk of a bin. Pre: not empty.
    ALLOT_INLINE constexpr std::size_t first(const Chunks& chunks, std::size_t bin) const noexcept {
        return lists_.first(chunks, bin);
    }
    constexpr const bin_map<bin_count>& map() const noexcept { return map_; }
    constexpr const auto& heads() const noexcept { return lists_.heads(); }

    /// The chunk behind another one in its bin; `none` behind the last.
    constexpr std::size_t after(const Chunks& chunks, std::size_t chunk) const noexcept {
        return lists_.after(chunks, chunk);
    }
    /// True if the list of a bin and its bit say the same.
    constexpr bool agrees(const Chunks& chunks, std::size_t bin) const noexcept {
        return is_empty(bin) == lists_.is_empty(chunks, bin);
    }

    /// To be called when a region comes.
    constexpr void start(Chunks& chunks) noexcept {
        if (!lists_.are_linked(chunks)) lists_.link_heads(chunks);
    }

    /// Puts a free chunk into the bin of its size.
    ALLOT_INLINE constexpr void insert(Chunks& chunks, const sized_chunk& freed) noexcept {
        if (Classes::is_exact(freed.size)) {
            const std::size_t bin = Classes::exact_bin_of(freed.size);
            if (lists_.push_front(chunks, freed.chunk, bin)) map_.set(bin);
            return;
        }
        const std::size_t bin = Classes::bin_of(freed.size);
        if (lists_.first(chunks, bin) < freed.chunk) lists_.push_back(chunks, freed.chunk, bin);
        else lists_.push_front(chunks, freed.chunk, bin);
        map_.set(bin);  // without a branch: whether it was empty can seldom be foreseen
    }

    /// Takes a free chunk out of its bin.
    ALLOT_INLINE constexpr void remove(Chunks& chunks, std::size_t chunk, std::size_t bin) noexcept {
        map_.clear_if(lists_.unlink(chunks, chunk), bin);
    }

    /// Takes the first chunk out of a bin.
    ALLOT_INLINE constexpr void remove_first(Chunks& chunks, std::size_t chunk, std::size_t bin) noexcept {
        if (lists_.unlink_first(chunks, chunk, bin)) map_.clear(bin);
    }

    /// A fit of its own bin or, if none of its first few chunks is one, of the next bin that is not empty; `none` if all are. A
    /// chunk for which `is_sound(chunk)` is false is returned at once and its links are not followed: the taker looks again and
    /// says so.
    template <class Soundness>
    ALLOT_INLINE constexpr binned_chunk find(const Chunks& chunks, std::size_t size,
                                             Soundness&& is_sound) const noexcept {
        const std::size_t own = Classes::bin_of(size);
        std::size_t bin = map_.find_from(own);
        if (bin == bin_count) return {};
        const std::size_t found = lowest_fit(chunks, bin, size, is_sound);
        if (found != none) return {found, bin};
        bin = map_.find_from(own + 1);
        return bin == bin_count ? binned_chunk{} : binned_chunk{first(chunks, bin), bin};
    }

    /// A chunk for an aligned request: a lucky fit at the front of a few bins, the smallest one first, then those where
    /// every second chunk has room for it, aligned; else one that is sure to do.
    constexpr binned_chunk find_aligned(const Chunks& chunks, const fit<Chunks>& wanted) const noexcept {
        const std::size_t padded = wanted.size + wanted.alignment + Chunks::min_chunk;
        if (padded < wanted.alignment || padded > Classes::largest) return {};
        const std::size_t hopeful = Classes::bin_of(wanted.size + wanted.alignment / 2);
        std::size_t bin = map_.find_from(Classes::bin_of(wanted.size));
        for (std::size_t probe = 0; probe < aligned_probes && bin != bin_count; ++probe) {
            const std::size_t found = first(chunks, bin);
            if (wanted.fits_in(found, chunks.size_of(found))) return {found, bin};
            bin = map_.find_from(bin < hopeful ? hopeful : bin + 1);
        }
        bin = map_.find_from(Classes::sure_bin_of(padded));
        return bin == bin_count ? binned_chunk{} : binned_chunk{first(chunks, bin), bin};
    }

    /// The last resort: any chunk of any bin that fits, or one that is not sound, among the first `Looks` of them.
    template <std::size_t Looks, class Soundness>
    constexpr std::size_t find_anywhere(const Chunks& chunks, const fit<Chunks>& wanted,
                                        Soundness&& is_sound) const noexcept {
        std::size_t looks = Looks;
        std::size_t bin = map_.find_from(Classes::bin_of(wanted.size));
        for (; bin != bin_count; bin = map_.find_from(bin + 1)) {
            for (std::size_t chunk = first(chunks, bin); chunk != none; chunk = lists_.after(chunks, chunk)) {
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
        for (std::size_t chunk = first(chunks, bin); chunk != none; chunk = lists_.after(chunks, chunk)) {
            if (seen.count == Looks) {
                seen.is_all = false;
                break;
            }
            const std::size_t size = chunks.size_of(chunk);
            if (size > seen.size) seen.size = size;
            ++seen.count;
        }
        return seen;
    }

    /// Calls `visit(chunk)` for chunks from the highest bin down, in each from both ends, where what came last is, until it is false
    /// for one.
    template <class Visit>
    constexpr void for_largest(const Chunks& chunks, Visit&& visit) const noexcept {
        for (std::size_t bin = map_.find_last(); bin != bin_count; bin = map_.find_below(bin)) {
            std::size_t front = first(chunks, bin);
            std::size_t back = lists_.last(chunks, bin);
            for (bool is_front = true;; is_front = !is_front) {
                const std::size_t chunk = is_front ? front : back;
                if (!visit(chunk)) return;
                if (front == back) break;
                (is_front ? front : back) = is_front ? lists_.after(chunks, chunk) : lists_.before(chunks, chunk);
            }
        }
    }

    /// To be called when the origin of the links is about to move. O(free chunks).
    constexpr void shift(Chunks& chunks, typename Chunks::link granules) noexcept {
        for (std::size_t bin = map_.find_from(0); bin != bin_count; bin = map_.find_from(bin + 1))
            lists_.shift(chunks, bin, granules);
    }

private:
    template <class Soundness>
    ALLOT_INLINE constexpr std::size_t lowest_fit(const Chunks& chunks, std::size_t bin, std::size_t size,
                                                  Soundness&& is_sound) const noexcept {
        std::size_t chunk = first(chunks, bin);
        std::size_t best = chunks.size_of(chunk) >= size ? chunk : none;
        for (std::size_t probe = 1; probe < Probes; ++probe) {
            if (!is_sound(chunk)) [[unlikely]]
                return chunk;
            chunk = lists_.after(chunks, chunk);
            if (chunk == none) break;
            if (Chunks::is_below_or_first(chunk, best) && chunks.size_of(chunk) >= size) best = chunk;
        }
        return best;
    }

    /// A chunk more to look at helps little: each fits at even odds or better.
    static constexpr std::size_t aligned_probes = Probes < 4 ? Probes : 4;

    bin_map<bin_count> map_;
    free_lists<Chunks, bin_count> lists_;
};

}  // namespace allot::detail
