// Cuts chunks in use out of the free memory of a heap, and merges what is given back.
//
//     take(96):         bin of 96 -> remainder -> first larger bin -> top
//                       [ ------- free 240 ------- ]   =>   [ in use 96 ][ remainder 144 ]
//     take_with_room:   [ ---------- free -------- ]   =>   [ free ][ in use ][ free ]
//     give_back(c):     [ free ][ c ][ free ]          =>   [ --------- free --------- ]
//
// The free index within knows where each free chunk lies.
//
// Guarantees: constexpr over any Memory; O(1) but for the search that `Traits::search` allows; a `take` that fails has
// changed nothing.
#pragma once

#include <allot/diagnostics/stats.hpp>
#include <allot/free/free_index.hpp>
#include <allot/source/purge.hpp>

#include <cstddef>

namespace allot::detail {

template <class Traits, class Memory>
class free_memory {
public:
    using index_type = free_index<Traits, Memory>;
    using chunks_type = typename index_type::chunks_type;
    using classes = typename index_type::classes;
    using fit_type = typename index_type::fit_type;

    using knobs = typename index_type::knobs;
    static constexpr bool is_checked = index_type::is_checked;

    constexpr free_memory() = default;
    constexpr explicit free_memory(Memory memory) : index_(memory) {}

    constexpr index_type& index() noexcept { return index_; }
    constexpr const index_type& index() const noexcept { return index_; }
    constexpr chunks_type& chunks() noexcept { return index_.chunks(); }
    constexpr const chunks_type& chunks() const noexcept { return index_.chunks(); }
    constexpr activity& doing() noexcept { return doing_; }
    constexpr tally& counted() noexcept { return counted_; }
    constexpr const tally& counted() const noexcept { return counted_; }

    // --- taking ------------------------------------------------------------------------------------------------------

    /// The short way of a small request: a free chunk of exactly `size` bytes, or a piece of the remainder, or of the top if
    /// no bin has a larger chunk; `none` if there is none of them. Pre: exact.
    ALLOT_INLINE constexpr std::size_t take_at_hand(std::size_t size) noexcept {
        const std::size_t bin = classes::bin_of(size);
        if (!index_.binned().is_empty(bin)) return take_whole(bin, size);
        if (index_.remainder().size >= size) return cut(loose::remainder, size);
        return index_.top().size >= size && index_.binned().are_empty_from(bin) ? cut(loose::top, size) : none;
    }

    /// A chunk in use of at least `size` bytes, cut from a free one; `none` if it fits in none.
    ALLOT_INLINE constexpr std::size_t take_plain(std::size_t size) noexcept {
        std::size_t found = none;
        if (!classes::is_exact(size)) found = index_.binned().find_in(chunks(), classes::bin_of(size), size, index_.soundness());
        if (found == none) found = index_.binned().find_larger(chunks(), size, index_.soundness());
        if (found != none) return carve(found, size);
        if (index_.remainder().size >= size) return cut(loose::remainder, size);
        if (index_.top().size >= size) return cut(loose::top, size);
        return take_last({size, chunks_type::granule});
    }

    /// The same with an aligned payload.
    ALLOT_INLINE constexpr std::size_t take_aligned(const fit_type& wanted) noexcept {
        if (const std::size_t found = index_.binned().find_aligned(chunks(), wanted)) return carve_aligned(found, wanted);
        if (has(index_.remainder(), wanted)) return carve_aligned(index_.remainder().chunk, wanted);
        return take_last(wanted);
    }

    /// True if a chunk of a page or so is to become larger, but not more than twice as large: as vectors grow, again and again.
    static constexpr bool is_growing(std::size_t owned, std::size_t size) noexcept {
        return owned >= 4 * knobs::exact_bin_limit && owned < size && size <= 2 * owned;
    }

    /// A chunk in use with free memory on both sides: [ --- free --- ][ in use, aligned ][ --- free --- ]
    /// `none` if there is no such chunk in a heap of which three quarters stay in one piece.
    constexpr std::size_t take_with_room(const fit_type& wanted) noexcept {
        const loose_chunk found = index_.roomy_chunk(wanted.size);
        if (found.chunk == none) return none;
        const std::size_t half = align_down(found.size / 2, chunks_type::granule);
        const std::size_t room = found.chunk == index_.top().chunk ? knobs::growth_room * wanted.size : half;
        if (!wanted.fits_in(found.chunk + room, found.size - room)) return none;
        return carve_at(found.chunk, room + wanted.lead_in(found.chunk + room), wanted.size);
    }

    /// Takes `size` bytes out of a free chunk, `lead` bytes above its low end: [ lead, free ][ in use ][ tail, free ]
    /// Pre: `lead` is none, or enough for a chunk; and it fits.
    constexpr std::size_t carve_at(std::size_t found, std::size_t lead, std::size_t size) noexcept {
        if constexpr (is_checked) must_be_sound(found);
        const std::size_t chunk = found + lead;
        const std::size_t whole = index_.remove(found) - lead;
        const loose_chunk tail = split({chunk, whole}, size, chunks_type::prev_in_use);
        if (tail.chunk != none) index_.insert(tail);
        if (lead != 0) settle(found, {lead});
        return chunk;
    }

    // --- giving back -------------------------------------------------------------------------------------------------

    /// Makes a chunk that was taken a free one.
    ALLOT_INLINE constexpr void give_back(std::size_t chunk, chunk_size size) noexcept {
        counted_.gave_back(size.bytes);
        purge_.gave_back(size.bytes);
        merge(chunk, size);
    }

    /// Merges a chunk in use with its free neighbours: [ free ][ chunk ][ free ] => [ ------- free ------- ]
    ALLOT_INLINE constexpr void merge(std::size_t chunk, chunk_size size) noexcept {
        if (chunks().is_in_use(chunk + size.bytes) && chunks().is_prev_in_use(chunk)) return settle(chunk, size);
        merge_with_neighbours(chunk, size.bytes);
    }

    [[gnu::noinline]] constexpr void merge_with_neighbours(std::size_t chunk, std::size_t size) noexcept {
        if constexpr (is_checked) must_have_sound_neighbours(chunk, size);
        std::size_t start = chunk;
        std::size_t total = size;
        const std::size_t next = chunk + size;
        if (!chunks().is_in_use(next)) total += absorb(next);
        if (!chunks().is_prev_in_use(chunk)) {
            start -= chunks().prev_size_of(chunk);
            total += index_.remove(start);
            chunks().wipe(chunk);
        }
        settle(start, {total});
    }

    /// Shortens a chunk in use to `size` and frees what is behind it, if that can be a chunk.
    constexpr void release_tail(std::size_t chunk, chunk_size size) noexcept {
        const std::size_t header = chunks().header_of(chunk);
        const std::size_t rest = chunks_type::size_in(header) - size.bytes;
        if (rest < chunks_type::min_chunk) return;
        chunks().set_header(chunk, header - rest);
        chunks().set_header(chunk + size.bytes, rest | chunks_type::in_use | chunks_type::prev_in_use);
        counted_.shortened(rest);
        merge(chunk + size.bytes, {rest});
    }

    /// Lengthens a chunk in use to `size` by the free chunk above it, which keeps the rest. Pre: together they have it.
    constexpr void grow(std::size_t chunk, chunk_size size) noexcept {
        const std::size_t header = chunks().header_of(chunk);
        const std::size_t old_size = chunks_type::size_in(header);
        counted_.gave_back(old_size);
        const std::size_t whole = old_size + absorb(chunk + old_size);
        const loose_chunk tail = split({chunk, whole}, size.bytes, header & chunks_type::prev_flags);
        if (tail.chunk != none) index_.insert(tail);
    }

    /// Lengthens a chunk in use downward, to `lead` bytes above the low end of the free chunk below it. Its payload stays.
    constexpr std::size_t extend_down(std::size_t chunk, std::size_t below, std::size_t lead) noexcept {
        const std::size_t end = chunks().next_of(chunk);
        const std::size_t start = below + lead;
        index_.remove(below);
        chunks().wipe(chunk);
        chunks().set_header(start, chunks_type::prev_in_use);
        chunks().mark_in_use(start, end - start);
        counted_.lengthened(chunk - start);
        if (lead != 0) settle(below, {lead});
        return start;
    }

    /// Removes and wipes the free chunk at `chunk`. Returns its size.
    ALLOT_INLINE constexpr std::size_t absorb(std::size_t chunk) noexcept {
        const std::size_t size = index_.remove(chunk);
        chunks().wipe(chunk);
        return size;
    }

    /// Makes [chunk, chunk + size) a free chunk that the index knows. Pre: both neighbours are in use.
    ALLOT_INLINE constexpr void settle(std::size_t chunk, chunk_size size) noexcept {
        chunks().mark_free(chunk, size.bytes);
        index_.insert({chunk, size.bytes});
    }

    /// True if so much has come back that large free chunks are to be purged.
    constexpr bool has_purge_due() const noexcept { return purge_.is_due(index_); }
    template <class Visit>
    constexpr void purge_free(Visit&& visit) noexcept {
        purge_.run(index_, visit);
    }

    // --- corruption ------------------------------------------------------------------------------------------------------

    ALLOT_INLINE constexpr void must_have_sound_neighbours(std::size_t chunk, std::size_t size) const noexcept {
        if (!index_.inspect().has_sound_neighbours(chunk, size)) [[unlikely]] report_neighbours_of(chunk, size);
    }

    /// Hands a corruption to the hook and does not come back.
    [[noreturn]] ALLOT_COLD void report_corruption(corruption found) const noexcept {
        report_to_hook<Traits>({found.kind, chunks().memory().pointer_to(found.where), doing_.verb});
    }

    // What was found is put into words away from the hot paths, which keep no room for it.
    [[noreturn]] ALLOT_COLD void report_not_free(std::size_t chunk) const noexcept {
        report_corruption(index_.inspect().why_not_free(chunk));
    }
    [[noreturn]] ALLOT_COLD void report_neighbours_of(std::size_t chunk, std::size_t size) const noexcept {
        report_corruption(index_.inspect().why_not_sound_neighbours(chunk, size));
    }
    [[noreturn]] ALLOT_COLD void report_not_listed(std::size_t chunk) const noexcept {
        report_corruption(index_.inspect().why_not_listed(chunk));
    }

private:
    /// What is tried when no bin is sure to have a fit and the remainder has none: the top, then as many chunks of unsure bins
    /// as the traits allow.
    constexpr std::size_t take_last(const fit_type& wanted) noexcept {
        const std::size_t top = index_.top().chunk;
        if (has(index_.top(), wanted)) return wanted.lead_in(top) == 0 ? cut(loose::top, wanted.size) : carve_aligned(top, wanted);
        if constexpr (index_type::search_looks != 0) {
            const std::size_t found =
                index_.binned().template find_anywhere<index_type::search_looks>(chunks(), wanted, index_.soundness());
            if (found != none) return carve_aligned(found, wanted);
        }
        return none;
    }

    /// Takes the first chunk of an exact bin as it is. Pre: there is one.
    ALLOT_INLINE constexpr std::size_t take_whole(std::size_t bin, std::size_t size) noexcept {
        const std::size_t chunk = chunks().chunk_at(index_.binned().first(bin));
        if constexpr (is_checked) {
            if (!index_.inspect().is_whole(chunk, bin, size)) [[unlikely]] report_not_free(chunk);
        }
        index_.remove_first(bin, chunk);
        index_.note_written(chunk + size);
        chunks().set_header(chunk, size | chunks_type::prev_in_use | chunks_type::in_use);
        chunks().mark_prev_in_use(chunk + size);
        counted_.took(size);
        return chunk;
    }

    /// Takes `size` bytes from the low end of a binned chunk; what is left goes where it will be used next.
    ALLOT_INLINE constexpr std::size_t carve(std::size_t chunk, std::size_t size) noexcept {
        if constexpr (is_checked) must_be_sound(chunk);
        const std::size_t whole = index_.remove(chunk);
        const loose_chunk tail = split({chunk, whole}, size, chunks_type::prev_in_use);
        if (tail.chunk == none) return chunk;
        if (classes::is_exact(size)) index_.insert_as_remainder(tail);
        else index_.insert(tail);
        return chunk;
    }

    /// Takes `size` bytes from the low end of the remainder, or of the top, which keeps the rest.
    ALLOT_INLINE constexpr std::size_t cut(loose which, std::size_t size) noexcept {
        const loose_chunk whole = index_.at(which);
        if constexpr (is_checked) {
            const bool is_as_it_was = chunks().header_of(whole.chunk) == (whole.size | chunks_type::prev_in_use);
            if (!is_as_it_was) [[unlikely]] report_corruption({corruption_kind::broken_header, chunks_type::payload_of(whole.chunk)});
        }
        index_.shorten(which, split(whole, size, chunks_type::prev_in_use));
        return whole.chunk;
    }

    /// Takes the aligned part out of a free chunk: [ lead, free ][ in use, aligned ][ tail, free ]
    ALLOT_INLINE constexpr std::size_t carve_aligned(std::size_t found, const fit_type& wanted) noexcept {
        return carve_at(found, wanted.lead_in(found), wanted.size);
    }

    ALLOT_INLINE constexpr void must_be_sound(std::size_t chunk) const noexcept {
        if (!index_.inspect().is_free_chunk(chunk)) [[unlikely]] report_not_free(chunk);
    }

    /// Makes the low `size` bytes of `whole`, which is in no list, a chunk in use, and what is left a free one that has no
    /// is in no list yet; none is left if it is too little. Pre: the next neighbour knows that a free chunk is below it;
    /// `prev_flags` is what is known of the lower one.
    ALLOT_INLINE constexpr loose_chunk split(const loose_chunk& whole, std::size_t size, std::size_t prev_flags) noexcept {
        const std::size_t chunk = whole.chunk;
        const std::size_t rest = whole.size - size;
        if (rest < chunks_type::min_chunk) {
            index_.note_written(chunk + whole.size);
            counted_.took(whole.size);
            chunks().set_header(chunk, whole.size | prev_flags | chunks_type::in_use);
            chunks().mark_prev_in_use(chunk + whole.size);
            return {};
        }
        index_.note_written(chunk + size);
        counted_.took(size);
        chunks().set_header(chunk, size | prev_flags | chunks_type::in_use);
        if (chunks_type::has_minimal && rest == chunks_type::min_chunk) chunks().mark_free(chunk + size, rest);
        else chunks().write_free(chunk + size, rest);  // the next neighbour, maybe far away, knows already
        return {chunk + size, rest};
    }

    static constexpr bool has(const loose_chunk& loose, const fit_type& wanted) noexcept {
        return wanted.fits_in(loose.chunk, loose.size);
    }

    index_type index_{};
    tally counted_{};
    activity doing_{};
    [[no_unique_address]] std::conditional_t<index_type::is_purged, purge<index_type>, no_purge> purge_{};
};

}  // namespace allot::detail
