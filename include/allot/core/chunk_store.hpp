// Takes chunks out of the free memory of a heap and puts them back. Speaks chunk sizes, never request sizes.
//
//     take(96):  cached 96 -> bin of 96 -> remainder -> first larger bin -> top -> coalesce what is cached, again
//                [ ------- free 240 ------- ]   =>   [ in use 96 ][ remainder 144 ]
//
//     put(c):    small: cached as it is.     else:  [ free ][ c ][ free ]  =>  [ --------- free --------- ]
//
// A free chunk is in exactly one place: in the bin of its size; or it is the remainder of the last small split, which
// the next small requests are cut from; or it is the top of its region, the free chunk below the fencepost, which is
// cut only when nothing else fits. (The remainder and the top: dlmalloc's designated victim and wilderness.)
//
// Guarantees: constexpr over any Memory; O(1) but for the search that `Traits::search` allows and for coalescing all
// cached chunks when memory is short; a `take` that fails leaves the heap as it was, but for cached chunks coalesced.
#pragma once

#include <allot/core/bins.hpp>
#include <allot/core/cached_chunks.hpp>
#include <allot/core/inspection.hpp>
#include <allot/core/region.hpp>
#include <allot/core/size_class.hpp>
#include <allot/traits.hpp>

#include <cstddef>

namespace allot::detail {

template <class Traits, class Memory>
class chunk_store {
    using knobs = checked_traits<Traits>;

public:
    using chunks_type = chunk_access<Memory, knobs::granule, knobs::links>;
    using classes = size_classes<knobs::granule, knobs::exact_bin_limit, knobs::bin_subdivision, knobs::largest_chunk>;
    using requests = request_sizes<knobs::granule, chunks_type::min_chunk, chunks_type::word_bytes, knobs::largest_chunk>;
    using bins_type = bins<chunks_type, classes, knobs::fit_probes>;
    using fit_type = fit<chunks_type>;

    static constexpr bool is_deferred = knobs::coalescing == coalescing::deferred;
    static constexpr bool is_checked = knobs::hardening != hardening::none;
    static constexpr bool has_source = !std::is_same_v<typename knobs::source, no_source>;
    using cache_type = cached_chunks<chunks_type, is_deferred ? knobs::cached_chunk_limit : 0>;

    static_assert(knobs::granule >= 2 * chunks_type::word_bytes, "traits: the granule must be at least two words");

    constexpr chunk_store() = default;
    constexpr explicit chunk_store(Memory memory) : chunks_(memory) {}

    constexpr chunks_type& chunks() noexcept { return chunks_; }
    constexpr const chunks_type& chunks() const noexcept { return chunks_; }
    constexpr region_list<chunks_type>& regions() noexcept { return regions_; }
    constexpr const region_list<chunks_type>& regions() const noexcept { return regions_; }
    constexpr const bins_type& free_bins() const noexcept { return bins_; }
    constexpr const cache_type& cache() const noexcept { return cache_; }
    constexpr std::size_t remainder() const noexcept { return remainder_; }
    constexpr std::size_t top() const noexcept { return top_; }
    constexpr bool may_have_free_region() const noexcept { return may_have_free_region_; }
    constexpr void forget_free_region() noexcept { may_have_free_region_ = false; }
    constexpr std::size_t free_chunks() const noexcept { return free_chunks_; }

    // --- the two verbs -----------------------------------------------------------------------------------------------

    /// A chunk in use of at least `size` bytes; `none` if there is no memory for it. Pre: a valid chunk size.
    ALLOT_INLINE constexpr std::size_t take(std::size_t size) noexcept {
        if constexpr (is_deferred) {
            if (cache_.is_cacheable(size)) {
                if (const std::size_t chunk = cache_.peek(chunks_, size)) [[likely]] return uncache(chunk, size);
            }
        }
        return take_fit({size, chunks_type::granule});
    }

    /// A chunk in use of at least `wanted.size` bytes whose payload is aligned; `none` if there is no memory for it.
    constexpr std::size_t take_aligned(const fit_type& wanted) noexcept {
        if constexpr (is_deferred) {
            if (cache_.is_cacheable(wanted.size)) {
                const std::size_t chunk = cache_.peek(chunks_, wanted.size);
                if (chunk != none && wanted.lead_in(chunk) == 0) return uncache(chunk, wanted.size);
            }
        }
        return take_fit(wanted);
    }

    /// Takes back a chunk in use. Pre: the caller has inspected it.
    ALLOT_INLINE constexpr void put(std::size_t chunk) noexcept {
        if constexpr (is_deferred) {
            const std::size_t header = chunks_.header_of(chunk);
            const std::size_t size = chunks_type::size_in(header);
            if (cache_.is_cacheable(size)) [[likely]] {
                chunks_.mark_cached(chunk, header);
                cache_.push(chunks_, chunk, size);
                if (cache_.bytes() > knobs::cached_bytes_limit) [[unlikely]] coalesce_some();
                return;
            }
        }
        coalesce(chunk, chunks_.size_of(chunk));
    }

    // --- coalescing --------------------------------------------------------------------------------------------------

    /// Merges a chunk in use with its free neighbours: [ free ][ chunk ][ free ] => [ ------- free ------- ]
    constexpr void coalesce(std::size_t chunk, std::size_t size) noexcept {
        if constexpr (is_checked) must_hold(inspect().neighbours_of(chunk, size));
        std::size_t start = chunk;
        std::size_t total = size;
        const std::size_t next = chunk + size;
        if (!chunks_.is_in_use(next)) total += absorb(next);
        if (!chunks_.is_prev_in_use(chunk)) {
            start -= chunks_.prev_size_of(chunk);
            total += detach(start);
            chunks_.wipe(chunk);
        }
        settle(start, total);
    }

    /// Merges every cached chunk. O(cached chunks).
    ALLOT_COLD constexpr void coalesce_cached() noexcept {
        if constexpr (is_deferred) {
            while (cache_.bytes() != 0) coalesce_one();
        }
    }

    /// Shortens a chunk in use to `size` and frees what is behind it, if that can be a chunk.
    constexpr void release_tail(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t rest = chunks_type::size_in(header) - size;
        if (rest < chunks_type::min_chunk) return;
        chunks_.set_header(chunk, header - rest);
        chunks_.set_header(chunk + size, rest | chunks_type::in_use | chunks_type::prev_in_use);
        coalesce(chunk + size, rest);
    }

    /// Lengthens a chunk in use by the free chunk above it. Pre: that one is free.
    constexpr void absorb_next(std::size_t chunk) noexcept {
        const std::size_t size = chunks_.size_of(chunk);
        chunks_.mark_in_use(chunk, size + absorb(chunk + size));
    }

    // --- free chunks, wherever they are ------------------------------------------------------------------------------

    /// Takes a free chunk from its place. Returns its size.
    constexpr std::size_t detach(std::size_t chunk) noexcept {
        if (chunk == remainder_) remainder_ = none;
        else if (chunk == top_) top_ = none;
        else bins_.remove(chunks_, chunk);
        --free_chunks_;
        return chunks_.size_of(chunk);
    }

    /// Makes [chunk, chunk + size) a free chunk and finds it its place. Pre: both neighbours are in use.
    constexpr void settle(std::size_t chunk, std::size_t size) noexcept {
        chunks_.mark_free(chunk, size);
        ++free_chunks_;
        if (!chunks_.is_fencepost(chunk + size)) return bins_.insert(chunks_, chunk, size);
        chunks_.mark_unlisted(chunk);
        top_ = chunk;
        if constexpr (has_source) note_free_region(chunk);
    }

    /// Wipes and detaches the free chunk at `chunk`. Returns its size.
    constexpr std::size_t absorb(std::size_t chunk) noexcept {
        const std::size_t size = detach(chunk);
        chunks_.wipe(chunk);
        return size;
    }

    /// The free chunk below a fencepost; `none` if that place is in use.
    constexpr std::size_t top_below(std::size_t fencepost) const noexcept {
        return chunks_.is_prev_in_use(fencepost) ? none : fencepost - chunks_.prev_size_of(fencepost);
    }

    /// The size of the largest free chunk. O(regions), and O(chunks) of the highest bin that is not empty.
    constexpr std::size_t largest_free() const noexcept {
        std::size_t largest = bins_.largest(chunks_);
        if (remainder_ != none && chunks_.size_of(remainder_) > largest) largest = chunks_.size_of(remainder_);
        for (std::size_t at = regions_.lowest(); at != none; at = regions_.after(chunks_, at)) {
            const std::size_t top = top_below(regions_.at(chunks_, at).fencepost);
            if (top != none && chunks_.size_of(top) > largest) largest = chunks_.size_of(top);
        }
        return largest;
    }

    // --- crimes ------------------------------------------------------------------------------------------------------

    constexpr inspection<chunks_type, bins_type> inspect() noexcept { return {chunks_, regions_, bins_}; }

    /// Hands a crime, if there is one, to the hook and does not come back.
    constexpr void must_hold(const finding& found) const noexcept {
        if (found) [[unlikely]] accuse(found);
    }
    [[noreturn]] ALLOT_COLD static void accuse(const finding& found) noexcept {
        Traits::on_corruption(corruption_report{found.kind, Memory::pointer_to(found.where)});
        trap();
    }

private:
    static constexpr std::size_t coalesced_a_call = 8;

    ALLOT_INLINE constexpr std::size_t uncache(std::size_t chunk, std::size_t size) noexcept {
        if constexpr (is_checked) {
            if (!inspect().is_cached(chunk, size)) [[unlikely]] accuse({corruption_kind::broken_link, chunk});
        }
        cache_.pop(chunks_, chunk, size);
        chunks_.unmark_cached(chunk);
        return chunk;
    }

    /// Remembers that a region of the source has become wholly free, for the heap to look for it.
    constexpr void note_free_region(std::size_t top) noexcept {
        if (!regions_.has_chunk(chunks_, top)) return;
        const region& home = regions_.hot();
        if (home.first == top && home.origin == region_origin::source) may_have_free_region_ = true;
    }

    constexpr void coalesce_one() noexcept {
        const std::size_t size = cache_.some_size();
        coalesce(uncache(cache_.peek(chunks_, size), size), size);
    }

    ALLOT_COLD constexpr void coalesce_some() noexcept {
        for (std::size_t i = 0; i < coalesced_a_call && cache_.bytes() != 0; ++i) coalesce_one();
    }

    constexpr std::size_t take_fit(const fit_type& wanted) noexcept {
        if constexpr (is_deferred) {
            if (const std::size_t chunk = find_and_carve(wanted)) return chunk;
            if (cache_.bytes() == 0) return none;
            coalesce_cached();
        }
        return find_and_carve(wanted);
    }

    constexpr std::size_t find_and_carve(const fit_type& wanted) noexcept {
        if (wanted.alignment != chunks_type::granule) {
            const std::size_t found = find_aligned(wanted);
            return found == none ? none : carve_aligned(found, wanted);
        }
        const std::size_t size = wanted.size;
        if (classes::is_exact(size) && bins_.is_empty(classes::bin_of(size)) && is_held_fit(remainder_, size)) {
            return cut(remainder_, size);
        }
        if (const std::size_t found = bins_.find(chunks_, size)) return carve(found, size);
        if (is_held_fit(remainder_, size)) return cut(remainder_, size);
        if (is_held_fit(top_, size) || find_top(wanted)) return cut(top_, size);
        if constexpr (knobs::search == fit_search::exhaustive) {
            if (const std::size_t found = bins_.find_anywhere(chunks_, wanted)) return carve(found, size);
        }
        return none;
    }

    constexpr std::size_t find_aligned(const fit_type& wanted) noexcept {
        if (const std::size_t found = bins_.find_aligned(chunks_, wanted)) return found;
        if (remainder_ != none && wanted.fits_in(remainder_, chunks_.size_of(remainder_))) return remainder_;
        if (top_ != none && wanted.fits_in(top_, chunks_.size_of(top_))) return top_;
        if (find_top(wanted)) return top_;
        if constexpr (knobs::search == fit_search::bounded) return none;
        return bins_.find_anywhere(chunks_, wanted);
    }

    constexpr bool is_held_fit(std::size_t held, std::size_t size) const noexcept {
        return held != none && chunks_.size_of(held) >= size;
    }

    /// Makes the top of the first region in which `wanted` fits the one to cut from. O(regions).
    constexpr bool find_top(const fit_type& wanted) noexcept {
        if (regions_.count() < 2) return false;
        for (std::size_t at = regions_.lowest(); at != none; at = regions_.after(chunks_, at)) {
            const std::size_t found = top_below(regions_.at(chunks_, at).fencepost);
            if (found == none || !wanted.fits_in(found, chunks_.size_of(found))) continue;
            top_ = found;
            return true;
        }
        return false;
    }

    /// Takes `size` bytes from the low end of a binned chunk; what is left goes where it will be used next.
    constexpr std::size_t carve(std::size_t chunk, std::size_t size) noexcept {
        if constexpr (is_checked) must_hold(inspect().links_of(chunk));
        bins_.remove(chunks_, chunk);
        --free_chunks_;
        const std::size_t tail = split(chunk, size);
        if (tail == none) return chunk;
        ++free_chunks_;
        if (classes::is_exact(size)) hold_remainder(tail);
        else bins_.insert(chunks_, tail, chunks_.size_of(tail));
        return chunk;
    }

    /// Takes `size` bytes from the low end of the remainder or the top, which keeps the rest.
    constexpr std::size_t cut(std::size_t& held, std::size_t size) noexcept {
        const std::size_t chunk = held;
        held = split(chunk, size);
        if (held == none) --free_chunks_;
        else chunks_.mark_unlisted(held);
        return chunk;
    }

    /// Takes the aligned part out of a free chunk: [ lead, free ][ in use, aligned ][ tail, free ]
    constexpr std::size_t carve_aligned(std::size_t found, const fit_type& wanted) noexcept {
        if constexpr (is_checked) must_hold(inspect().links_of(found));
        const std::size_t lead = wanted.lead_in(found);
        const std::size_t size = detach(found);
        const std::size_t chunk = found + lead;
        chunks_.set_header(chunk, (size - lead) | chunks_type::prev_in_use);
        chunks_.mark_in_use(chunk, size - lead);
        if (lead != 0) settle(found, lead);
        release_tail(chunk, wanted.size);
        return chunk;
    }

    /// Cuts a detached free chunk into one in use and a free tail: returns the tail, `none` if too little is left.
    constexpr std::size_t split(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t whole = chunks_.size_of(chunk);
        const std::size_t rest = whole - size;
        if (rest < chunks_type::min_chunk) {
            chunks_.mark_in_use(chunk, whole);
            return none;
        }
        chunks_.set_header(chunk, size | chunks_type::in_use | chunks_type::prev_in_use);
        if (chunks_type::has_minimal && rest == chunks_type::min_chunk) chunks_.mark_free(chunk + size, rest);
        else chunks_.write_free(chunk + size, rest);
        return chunk + size;
    }

    constexpr void hold_remainder(std::size_t tail) noexcept {
        if (remainder_ != none) bins_.insert(chunks_, remainder_, chunks_.size_of(remainder_));
        remainder_ = tail;
        chunks_.mark_unlisted(tail);
    }

    [[no_unique_address]] chunks_type chunks_{};
    std::size_t remainder_ = none;
    std::size_t top_ = none;
    std::size_t free_chunks_ = 0;
    bool may_have_free_region_ = false;
    [[no_unique_address]] cache_type cache_{};
    region_list<chunks_type> regions_{};
    bins_type bins_{};
};

}  // namespace allot::detail
