// Making a chunk in use longer or shorter where it stands, or else moving its payload to another place.
//
//     up:    [ in use ][ free ]              =>  [ ---- in use ---- ]          payload stays
//     down:  [ ---- free ---- ][ in use ]    =>  [ in use ][ free ][ in use ]  payload moves down, to a chunk of its own
//            [ free ][ in use ][ free ]      =>  [ ---- in use ---- ][ free ]  payload moves down and overlaps itself
//     less:  [ ---- in use ---- ]            =>  [ in use ][ free ]            payload stays
//     away:  [ in use ] ... [ free ]         =>  [ free ] ... [ in use ]       payload moves elsewhere
//
// What moves comes in two halves, because a locked heap moves the payload between them with the lock dropped: meanwhile nothing
// is taken but the new place and the old one, which no caller owns but the copy still reads.
//
// Guarantees: constexpr, O(1) but for what taking a chunk costs; a call that returns false or `none` changed nothing.
#pragma once

#include <allot/core/chunk_store.hpp>
#include <allot/core/request.hpp>
#include <allot/free/growth_room.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class resize {
    using chunks_type = typename Store::chunks_type;
    using fit_type = typename Store::fit_type;
    using outcome = relocation::outcome;

public:
    constexpr explicit resize(Store& store) noexcept : store_(store), chunks_(store.chunks()) {}

    /// Finds room for `wanted`: in place, else downward, else elsewhere. `bytes` of the payload, if it has as many, are to be copied.
    ALLOT_INLINE constexpr relocation relocate(std::size_t chunk, const fit_type& wanted, payload_size bytes) noexcept {
        const std::size_t owned = chunks_.size_of(chunk) - chunks_type::word_bytes;
        const std::size_t copied = owned < bytes.bytes ? owned : bytes.bytes;
        std::size_t to = beside(chunk, wanted);
        if (to == none) {
            store_.settle_peak();  // with another alignment the new chunk may be the smaller one
            to = take_elsewhere(chunk, wanted);
            if (to != none) return moved_away(chunk, to, copied);
            if constexpr (Store::is_deferred) to = beside_after_all(chunk, wanted);
            if (to == none) return {};
        }
        return moved_beside(chunk, to, {wanted.size, copied});
    }

    /// Gives back what a payload has left that went `down` to a chunk of `size` bytes, or away; the chunk is the one that it has left,
    /// or that contains its old place.
    ALLOT_INLINE constexpr void land(std::size_t chunk, outcome how, chunk_size size) noexcept {
        const std::size_t left = how == outcome::down ? tail_beyond(chunk, size.bytes) : chunks_.size_of(chunk);
        store_.counted().landed(left);
        if (how == outcome::down) release_tail(chunk, size.bytes);
        else store_.put_settled(chunk, left);
    }

    /// Gives a chunk in use room for `wanted` with the help of its free neighbours. Returns where it is then: the chunk
    /// itself, a lower place as `move_down` says, or `none`: nothing has changed.
    ALLOT_INLINE constexpr std::size_t beside(std::size_t chunk, const fit_type& wanted) noexcept {
        const bool stays = is_aligned(chunks_type::payload_of(chunk), wanted.alignment);
        if (stays && in_place(chunk, wanted.size)) return chunk;
        return move_down(chunk, wanted);
    }

    /// Gives a chunk in use at least `size` bytes without moving it.
    constexpr bool in_place(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t owned = chunks_.size_of(chunk);
        if (size > owned) {
            if (size > owned + free_above(chunk)) return false;
            lengthen(chunk, size);
        } else {
            store_.settle_peak();
            release_tail(chunk, size);
        }
        return true;
    }

    /// Takes the lowest aligned place below for `wanted`, if its free neighbours have room. Returns where it begins: a chunk of
    /// its own if it ends below `chunk`, else one that contains `chunk` too, to be trimmed when the payload was copied.
    /// `none`: there is no such place.
    ALLOT_APART constexpr std::size_t move_down(std::size_t chunk, const fit_type& wanted) noexcept {
        if (chunks_.is_prev_in_use(chunk)) return none;
        const std::size_t below = chunk - chunks_.prev_size_of(chunk);
        const std::size_t owned = chunks_.size_of(chunk);
        const std::size_t lead = wanted.lead_in(below);
        if (lead >= chunk - below || !wanted.fits_in(below, chunk - below + owned + free_above(chunk))) return none;
        store_.settle_peak();  // for a larger alignment a chunk may come down and end up shorter
        if (below + lead + wanted.size <= chunk) return store_.carve_at(below, lead, wanted.size);
        const std::size_t needed = below + lead + wanted.size - chunk;  // of what begins with the chunk itself
        inspect(chunk);
        if (needed > owned) lengthen(chunk, needed);
        store_.free().extend_down(chunks_, chunk, below + lead);
        store_.counted().resized(0, chunk - (below + lead));
        return below + lead;
    }

private:
    struct moved_sizes {
        std::size_t chunk;
        std::size_t payload;
    };

    // From here on only the copy reads what a payload leaves: a whole chunk, or the upper end of one that contains its old place.

    constexpr relocation moved_away(std::size_t chunk, std::size_t to, std::size_t copied) noexcept {
        store_.counted().departed(chunks_.size_of(chunk));
        return {outcome::moved, false, chunks_type::payload_of(chunk), chunks_type::payload_of(to), copied};
    }

    constexpr relocation moved_beside(std::size_t chunk, std::size_t to, moved_sizes sizes) noexcept {
        const std::size_t from = chunks_type::payload_of(chunk);
        if (to == chunk) return {outcome::stayed, false, from, from, 0};
        if (chunks_.next_of(to) <= chunk) return moved_away(chunk, to, sizes.payload);
        store_.counted().departed(tail_beyond(to, sizes.chunk));
        return {outcome::down, false, from, chunks_type::payload_of(to), sizes.payload};
    }

    /// The same again, where memory is short: with all that is cached merged, unless even that and the chunk itself are less.
    ALLOT_COLD constexpr std::size_t beside_after_all(std::size_t chunk, const fit_type& wanted) noexcept {
        if (wanted.size > chunks_.size_of(chunk) + store_.free_bytes()) return none;
        store_.coalesce_cached();
        return beside(chunk, wanted);
    }

    /// A new chunk for the payload of one that cannot have `wanted` beside it: amid free memory if it is likely to grow on.
    constexpr std::size_t take_elsewhere(std::size_t from, const fit_type& wanted) noexcept {
        if constexpr (Store::knobs::growth_room != 0) {
            using room = growth_room<typename Store::index_type>;
            if (room::is_needed(chunks_.size_of(from), wanted.size)) {
                const auto place = room::find(store_.index(), chunks_, wanted);
                if (place.found != none) return store_.carve_at(place.found, place.lead, wanted.size);
            }
        }
        return store_.take(wanted);
    }

    /// What a chunk in use has beyond `size` bytes, if that can be a chunk, else nothing.
    constexpr std::size_t tail_beyond(std::size_t chunk, std::size_t size) const noexcept {
        const std::size_t tail = chunks_.size_of(chunk) - size;
        return tail < chunks_type::min_chunk ? 0 : tail;
    }

    /// Shortens a chunk in use to `size` and frees what is behind it.
    constexpr void release_tail(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t tail = tail_beyond(chunk, size);
        if (tail == 0) return;
        store_.counted().resized(tail, 0);
        if constexpr (Store::index_type::has_source) {
            store_.free().gave_back(tail);
            store_.index().account().note_back(tail, store_.in_use_bytes());
        }
        chunks_.set_header(chunk, chunks_.header_of(chunk) - tail);
        chunks_.set_header(chunk + size, tail | chunks_type::in_use | chunks_type::prev_in_use);
        store_.merge(chunk + size, {tail});
    }

    constexpr std::size_t free_above(std::size_t chunk) const noexcept {
        const std::size_t next = chunks_.next_of(chunk);
        return chunks_.is_in_use(next) ? 0 : chunks_.size_of(next);
    }

    /// Gives a chunk in use `size` bytes with the help of the free one above it.
    ALLOT_APART constexpr void lengthen(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t owned = chunks_.size_of(chunk);
        store_.free().grow(chunks_, chunk, {size});
        store_.counted().resized(owned, chunks_.size_of(chunk));
    }

    ALLOT_APART constexpr void inspect(std::size_t chunk) const noexcept {
        if constexpr (Store::is_checked) {
            const auto looked_at = store_.inspect();
            const bool are_sound = looked_at.is_above_sound(chunks_.next_of(chunk)) && looked_at.is_below_sound(chunk);
            if (!are_sound) [[unlikely]]
                store_.free().report_neighbours_of(chunks_, chunk, chunks_.size_of(chunk));
        }
    }

    Store& store_;
    chunks_type& chunks_;
};

}  // namespace allot::detail
