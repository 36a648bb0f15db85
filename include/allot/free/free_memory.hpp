// Cuts chunks in use out of the free memory of a heap, and merges what is given back.
//
//     take(96):         bin of 96 -> remainder -> first larger bin -> top
//                       [ ------- free 240 ------- ]   =>   [ in use 96 ][ remainder 144 ]
//     carve_at:         [ ---------- free -------- ]   =>   [ free ][ in use ][ free ]
//     give_back(c):     [ free ][ c ][ free ]          =>   [ --------- free --------- ]
//
// The free index within knows where each free chunk lies. Like all that lies below it, it is handed the chunks of the heap with
// each call; what was taken, and how much of it, is told to whoever counts.
//
// Guarantees: constexpr over any Memory; O(1) but for the search that `Traits::search` allows; a `take` that fails has
// changed nothing.
#pragma once

#include <allot/chunks/cursor.hpp>
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

    static constexpr bool is_checked = index_type::is_checked;

    constexpr index_type& index() noexcept { return index_; }
    constexpr const index_type& index() const noexcept { return index_; }
    constexpr activity& doing() noexcept { return doing_; }
    constexpr const activity& doing() const noexcept { return doing_; }
    /// Of those who walk over the heap, which they do not change.
    constexpr auto& cursors() const noexcept { return cursors_; }

    // --- taking: a chunk in use, and its size; an empty one if there is none -------------------------------------------

    /// The short way of a small request: a free chunk of exactly `size` bytes, or a piece of the remainder, or of the top if
    /// no bin has a larger chunk. Pre: exact.
    ALLOT_INLINE constexpr sized_chunk take_at_hand(chunks_type& chunks, std::size_t size) noexcept {
        const std::size_t bin = classes::exact_bin_of(size);
        if (!index_.binned().is_empty(bin)) return {take_whole(chunks, bin, size), size};
        if (index_.remainder().size >= size) return cut(chunks, loose::remainder, size);
        if (index_.top().size >= size && index_.binned().are_empty_from(bin)) return cut(chunks, loose::top, size);
        return {};
    }

    /// A chunk of at least `size` bytes, cut from a free one.
    ALLOT_PART constexpr sized_chunk take_plain(chunks_type& chunks, std::size_t size) noexcept {
        const binned_chunk found = index_.binned().find(chunks, size, index_.soundness(chunks));
        if (found.chunk != none) return carve(chunks, found, size);
        if (index_.remainder().size >= size) return cut(chunks, loose::remainder, size);
        return index_.top().size >= size ? cut(chunks, loose::top, size) : sized_chunk{};
    }

    /// One with an aligned payload.
    ALLOT_INLINE constexpr sized_chunk take_aligned(chunks_type& chunks, const fit_type& wanted) noexcept {
        const binned_chunk found = index_.binned().find_aligned(chunks, wanted);
        const std::size_t chunk = found.chunk != none ? found.chunk : index_.loose_fit(wanted);
        if (chunk == none) return {};
        const std::size_t whole = found.chunk != none ? take_first(chunks, found) : take_out(chunks, chunk);
        return cut_out(chunks, {chunk, whole}, wanted.piece_of(chunk));
    }

    // --- looking for a free chunk to carve out of; `none` if there is none ---------------------------------------------

    /// The last resort: as many chunks of unsure bins are looked at as the traits allow.
    constexpr std::size_t find_anywhere(const chunks_type& chunks, const fit_type& wanted) const noexcept {
        if constexpr (index_type::search_looks == 0) return none;
        else
            return index_.binned().template find_anywhere<index_type::search_looks>(chunks, wanted,
                                                                                    index_.soundness(chunks));
    }

    // --- cutting -----------------------------------------------------------------------------------------------------

    /// Takes a piece out of a free chunk: [ lead, free ][ in use ][ tail, free ]
    /// Pre: it fits, and there is no lead, or one that can be a chunk.
    ALLOT_INLINE constexpr sized_chunk carve_at(chunks_type& chunks, std::size_t found,
                                                const sized_chunk& piece) noexcept {
        return cut_out(chunks, {found, take_out(chunks, found)}, piece);
    }

    // --- giving back -------------------------------------------------------------------------------------------------

    /// To be told of all bytes that come back.
    ALLOT_INLINE constexpr void gave_back(std::size_t bytes) noexcept { purge_.gave_back(bytes); }

    /// Makes a chunk in use a free one, merged with its free neighbours: [ free ][ chunk ][ free ] => [ ------- free ------- ],
    /// which is returned. Between chunks in use nothing is to be merged: the short way.
    ALLOT_INLINE constexpr sized_chunk merge_with_neighbours(chunks_type& chunks, std::size_t chunk,
                                                             chunk_size size) noexcept {
        if (ALLOT_COUNTS_SIZE || !chunks.is_prev_in_use(chunk) || !chunks.is_in_use(chunk + size.bytes))
            return merge_with_free(chunks, chunk, size);
        settle(chunks, chunk, size);
        return {chunk, size.bytes};
    }

    /// Lengthens a chunk in use to `size` by the free chunk above it, which keeps the rest. Pre: together they have it.
    constexpr void grow(chunks_type& chunks, std::size_t chunk, chunk_size size) noexcept {
        const std::size_t header = chunks.header_of(chunk);
        const std::size_t old_size = chunks_type::size_in(header);
        const std::size_t whole = old_size + absorb(chunks, chunk + old_size);
        const std::size_t rest = split(chunks, {chunk, whole}, size.bytes | (header & chunks_type::prev_flags));
        if (rest != 0) index_.insert(chunks, {chunk + size.bytes, rest});
        if constexpr (walked_in_pieces<Memory>) cursors_.move_behind(chunk, chunk + whole - rest);
    }

    /// Lengthens a chunk in use downward, to `start` in the free chunk below it. Its payload stays.
    ALLOT_PART constexpr void extend_down(chunks_type& chunks, std::size_t chunk, std::size_t start) noexcept {
        const std::size_t end = chunks.next_of(chunk);
        const std::size_t below = chunk - chunks.prev_size_of(chunk);
        index_.remove(chunks, below);
        chunks.wipe(chunk);
        chunks.set_header(start, chunks_type::prev_in_use);
        chunks.mark_in_use(start, end - start);
        if (start != below) settle(chunks, below, {start - below});
        if constexpr (walked_in_pieces<Memory>) cursors_.move_behind(start, end);
    }

    /// Takes the free chunk below a chunk in use from where it lies. Returns its size.
    ALLOT_INLINE constexpr std::size_t remove_below(chunks_type& chunks, std::size_t chunk) noexcept {
        if (is_checked && !index_.inspect(chunks).is_free_below(chunk)) [[unlikely]]
            report_neighbours_of(chunks, chunk, chunks.size_of(chunk));
        return index_.remove(chunks, chunk - chunks.prev_size_of(chunk));
    }

    /// The same for the one above, which is wiped.
    ALLOT_INLINE constexpr std::size_t absorb(chunks_type& chunks, std::size_t chunk) noexcept {
        const std::size_t size = take_out(chunks, chunk);
        chunks.wipe(chunk);
        return size;
    }

    /// Makes [chunk, chunk + size) a free chunk that the index knows. Pre: both neighbours are in use.
    ALLOT_INLINE constexpr void settle(chunks_type& chunks, std::size_t chunk, chunk_size size) noexcept {
        chunks.mark_free(chunk, size.bytes);
        index_.insert(chunks, {chunk, size.bytes});
    }

    /// True if so much has come back that large free chunks are to be purged.
    constexpr bool has_purge_due() const noexcept { return purge_.is_due(index_); }
    template <class Visit>
    constexpr void purge_free(chunks_type& chunks, std::size_t spare, purge_limits most, Visit&& visit) noexcept {
        purge_.run(index_, chunks, spare, most, visit);
    }

    // --- corruption ------------------------------------------------------------------------------------------------------

    /// Hands a corruption to the hook and does not come back.
    [[noreturn]] ALLOT_COLD void report_corruption(const chunks_type& chunks, corruption found) const noexcept {
        report_to_hook<Traits>({found.kind, chunks.memory().pointer_to(found.where), doing_.verb});
    }

    // What was found is put into words away from the hot paths, which keep no room for it.
    [[noreturn]] ALLOT_COLD void report_not_free(const chunks_type& chunks, std::size_t chunk) const noexcept {
        report_corruption(chunks, index_.inspect(chunks).why_not_free(chunk));
    }
    [[noreturn]] ALLOT_COLD void report_not_as_it_was(const chunks_type& chunks,
                                                      std::size_t loose_chunk) const noexcept {
        report_corruption(chunks, {corruption_kind::broken_header, chunks_type::payload_of(loose_chunk)});
    }
    [[noreturn]] ALLOT_COLD void report_neighbours_of(const chunks_type& chunks, std::size_t chunk,
                                                      std::size_t size) const noexcept {
        report_corruption(chunks, index_.inspect(chunks).why_not_sound_neighbours(chunk, size));
    }
    [[noreturn]] ALLOT_COLD void report_not_owned(const chunks_type& chunks, std::size_t payload) const noexcept {
        report_corruption(chunks, index_.inspect(chunks).why_not_owned(payload));
    }
    [[noreturn]] ALLOT_COLD void report_not_listed(const chunks_type& chunks, std::size_t chunk) const noexcept {
        report_corruption(chunks, index_.inspect(chunks).why_not_listed(chunk));
    }

private:
    /// The same with a free neighbour at least. Out of line, so that the short way saves no registers.
    ALLOT_APART constexpr sized_chunk merge_with_free(chunks_type& chunks, std::size_t chunk,
                                                      chunk_size size) noexcept {
        std::size_t start = chunk;
        std::size_t end = chunk + size.bytes;
        if (!chunks.is_prev_in_use(chunk)) start -= remove_below(chunks, chunk);
        const bool joins_top = end == index_.top().chunk;
        if (joins_top || (joins_remainder && end == index_.remainder().chunk)) {
            const loose above = joins_top ? loose::top : loose::remainder;
            if constexpr (is_checked) must_be_as_it_was(chunks, above);
            chunks.wipe(chunk);
            end = index_.lower(chunks, above, start);
        } else {
            if (!chunks.is_in_use(end)) end += absorb(chunks, end);
            chunks.wipe(chunk);
            settle(chunks, start, {end - start});
        }
        if constexpr (walked_in_pieces<Memory>) cursors_.move_behind(start, end);
        return {start, end - start};
    }

    /// With immediate coalescing what was cut from the remainder comes back to it and is cut again: no bin need know. With deferred
    /// coalescing it has waited first, and the remainder would only become large; with a source it could hide that a region is free.
    static constexpr bool joins_remainder = !index_type::is_deferred && !index_type::has_source;

    /// Takes the first chunk of an exact bin as it is. Pre: there is one.
    ALLOT_INLINE constexpr std::size_t take_whole(chunks_type& chunks, std::size_t bin, std::size_t size) noexcept {
        const std::size_t chunk = index_.binned().first(chunks, bin);
        if (is_checked && !index_.inspect(chunks).is_whole(chunk, bin, size)) [[unlikely]]
            report_not_free(chunks, chunk);
        index_.remove_first(chunks, bin, chunk);
        index_.note_written(chunks, chunk + size);
        chunks.set_header(chunk, size | chunks_type::prev_in_use | chunks_type::in_use);
        chunks.mark_prev_in_use(chunk + size);
        return chunk;
    }

    /// Takes `size` bytes from the low end of a binned chunk; what is left goes where it will be used next.
    ALLOT_PART constexpr sized_chunk carve(chunks_type& chunks, const binned_chunk& found, std::size_t size) noexcept {
        const std::size_t chunk = found.chunk;
        const std::size_t whole =
            index_type::bins_type::finds_first ? take_first(chunks, found) : take_out(chunks, chunk);
        const std::size_t rest = split(chunks, {chunk, whole}, size | chunks_type::prev_in_use);
        if (rest == 0) return {chunk, whole};
        if (classes::is_exact(size)) index_.insert_as_remainder(chunks, {chunk + size, rest});
        else index_.insert(chunks, {chunk + size, rest});
        return {chunk, size};
    }

    /// Takes a free chunk from where it lies, and by a shorter way the first one out of its bin. Returns its size.
    ALLOT_INLINE constexpr std::size_t take_out(chunks_type& chunks, std::size_t chunk) noexcept {
        if (is_checked && !index_.inspect(chunks).is_free_chunk(chunk)) [[unlikely]]
            report_not_free(chunks, chunk);
        return index_.remove(chunks, chunk);
    }
    ALLOT_INLINE constexpr std::size_t take_first(chunks_type& chunks, const binned_chunk& found) noexcept {
        if constexpr (ALLOT_COUNTS_SIZE) return take_out(chunks, found.chunk);
        if (is_checked && !index_.inspect(chunks).is_first(found)) [[unlikely]]
            report_not_free(chunks, found.chunk);
        index_.remove_first(chunks, found.bin, found.chunk);
        return chunks.size_of(found.chunk);
    }

    /// Makes a piece of a free chunk that is in no list one in use; what is left on both sides is free.
    ALLOT_INLINE constexpr sized_chunk cut_out(chunks_type& chunks, const sized_chunk& found,
                                               const sized_chunk& piece) noexcept {
        const std::size_t lead = piece.chunk - found.chunk;
        const std::size_t whole = found.size - lead;
        const std::size_t rest = split(chunks, {piece.chunk, whole}, piece.size | chunks_type::prev_in_use);
        if (rest != 0) index_.insert(chunks, {piece.chunk + piece.size, rest});
        if (lead != 0) settle(chunks, found.chunk, {lead});
        return {piece.chunk, whole - rest};
    }

    /// Takes `size` bytes from the low end of the remainder, or of the top, which keeps the rest.
    ALLOT_INLINE constexpr sized_chunk cut(chunks_type& chunks, loose which, std::size_t size) noexcept {
        const sized_chunk whole = index_.at(which);
        if constexpr (is_checked) must_be_as_it_was(chunks, which);
        const std::size_t rest = split(chunks, whole, size | chunks_type::prev_in_use);
        if (rest == 0) index_.use_up(which);
        else index_.shorten(which, {whole.chunk + size, rest});
        return {whole.chunk, whole.size - rest};
    }

    ALLOT_INLINE constexpr void must_be_as_it_was(const chunks_type& chunks, loose which) const noexcept {
        const sized_chunk& kept = index_.at(which);
        if (chunks.header_of(kept.chunk) != (kept.size | chunks_type::prev_in_use)) [[unlikely]]
            report_not_as_it_was(chunks, kept.chunk);
    }

    /// Makes the low end of `whole`, which is in no list, a chunk in use, and what is left a free one that is in no list yet; none
    /// is left if it is too little. `wanted` is the size to take, and what is known of the lower neighbour as in a header. Returns
    /// how much is left. Pre: the next neighbour knows that a free chunk is below it.
    ALLOT_INLINE constexpr std::size_t split(chunks_type& chunks, const sized_chunk& whole,
                                             std::size_t wanted) noexcept {
        const std::size_t size = chunks_type::size_in(wanted);
        const std::size_t rest = whole.size - size;
        if (rest < chunks_type::min_chunk) {
            index_.note_written(chunks, whole.chunk + whole.size);
            chunks.set_header(whole.chunk, (wanted + rest) | chunks_type::in_use);
            chunks.mark_prev_in_use(whole.chunk + whole.size);
            return 0;
        }
        index_.note_written(chunks, whole.chunk + size);
        chunks.set_header(whole.chunk, wanted | chunks_type::in_use);
        if (chunks_type::has_minimal && rest == chunks_type::min_chunk) chunks.mark_free(whole.chunk + size, rest);
        else chunks.write_free(whole.chunk + size, rest);  // the next neighbour, maybe far away, knows already
        return rest;
    }

    index_type index_{};
    activity doing_{};
    [[no_unique_address]] mutable cursors_over<Memory> cursors_{};
    [[no_unique_address]] std::conditional_t<index_type::is_purged, purge<index_type>, no_purge> purge_{};
};

}  // namespace allot::detail
