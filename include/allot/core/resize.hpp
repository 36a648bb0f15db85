// Making a chunk in use longer or shorter where it stands.
//
//     up:    [ in use ][ free ]              =>  [ ---- in use ---- ]          payload stays
//     down:  [ ---- free ---- ][ in use ]    =>  [ in use ][ free ][ in use ]  payload moves down, to a chunk of its own
//            [ free ][ in use ][ free ]      =>  [ ---- in use ---- ][ free ]  payload moves down and overlaps itself
//     less:  [ ---- in use ---- ]            =>  [ in use ][ free ]            payload stays
//
// Growth downward comes in two halves, because the payload must move between them and a locked heap moves it with the
// lock dropped: meanwhile nothing is taken but the new place and the old one, which is still read.
//
// Guarantees: constexpr, O(1); a call that returns false or `none` changed nothing.
#pragma once

#include <allot/core/chunk_store.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class resize {
    using chunks_type = typename Store::chunks_type;

public:
    constexpr explicit resize(Store& store) noexcept : store_(store), chunks_(store.chunks()) {}

    /// Gives a chunk in use room for `wanted` with the help of its free neighbours. Returns where it is then: the chunk
    /// itself, a lower place as `move_down` says, or `none`: nothing has changed.
    constexpr std::size_t beside(std::size_t chunk, const typename Store::fit_type& wanted) noexcept {
        const bool stays = is_aligned(chunks_type::payload_of(chunk), wanted.alignment);
        if (stays && in_place(chunk, wanted.size)) return chunk;
        return move_down(chunk, wanted);
    }

    /// Gives a chunk in use at least `size` bytes without moving it.
    constexpr bool in_place(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t owned = chunks_.size_of(chunk);
        if (size > owned) {
            if (size > owned + free_above(chunk)) return false;
            inspect(chunk);
            store_.free().grow(chunks_, chunk, {size});
            store_.counted().resized(owned, chunks_.size_of(chunk));
        } else {
            store_.settle_peak();
            store_.release_tail(chunk, {size});
        }
        return true;
    }

    /// Takes the lowest aligned place below for `wanted`, if its free neighbours have room. Returns where it begins: a chunk of
    /// its own if it ends below `chunk`, else one that contains `chunk` too, to be trimmed when the payload was copied.
    /// `none`: there is no such place.
    [[gnu::noinline]] constexpr std::size_t move_down(std::size_t chunk, const typename Store::fit_type& wanted) noexcept {
        if (chunks_.is_prev_in_use(chunk)) return none;
        const std::size_t below = chunk - chunks_.prev_size_of(chunk);
        const std::size_t owned = chunks_.size_of(chunk);
        const std::size_t lead = wanted.lead_in(below);
        if (lead >= chunk - below || !wanted.fits_in(below, chunk - below + owned + free_above(chunk))) return none;
        store_.settle_peak();  // for a larger alignment a chunk may come down and end up shorter
        if (below + lead + wanted.size <= chunk) return store_.carve_at(below, lead, wanted.size);
        inspect(chunk);
        const std::size_t needed = below + lead + wanted.size - chunk;  // of what begins with the chunk itself
        if (needed > owned) store_.free().grow(chunks_, chunk, {needed});
        store_.free().extend_down(chunks_, chunk, below + lead);
        store_.counted().resized(owned, chunks_.size_of(below + lead));
        return below + lead;
    }

private:
    constexpr std::size_t free_above(std::size_t chunk) const noexcept {
        const std::size_t next = chunks_.next_of(chunk);
        return chunks_.is_in_use(next) ? 0 : chunks_.size_of(next);
    }

    constexpr void inspect(std::size_t chunk) const noexcept {
        if constexpr (Store::is_checked) store_.free().must_have_sound_neighbours(chunks_, chunk, chunks_.size_of(chunk));
    }

    Store& store_;
    chunks_type& chunks_;
};

}  // namespace allot::detail
