// Making a chunk in use longer or shorter where it stands.
//
//     up:    [ in use ][ free ]              =>  [ ---- in use ---- ]          payload stays
//     down:  [ free ][ in use ][ free ]      =>  [ -------- in use -------- ]  payload moves down once, may overlap
//     less:  [ ---- in use ---- ]            =>  [ in use ][ free ]            payload stays
//
// Growth downward comes in two halves, because the payload must move between them and a locked heap moves it with the
// lock dropped: `claim_down` makes one chunk of all the room, `trim` gives back what was too much.
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
    /// itself, a lower one whose payload must still be moved and then trimmed, or `none`: nothing has changed.
    constexpr std::size_t near(std::size_t chunk, const typename Store::fit_type& wanted) noexcept {
        const bool stays = is_aligned(chunks_type::payload_of(chunk), wanted.alignment);
        if (stays && in_place(chunk, wanted.size)) return chunk;
        return claim_down(chunk, wanted);
    }

    /// Gives a chunk in use at least `size` bytes without moving it.
    constexpr bool in_place(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t held = chunks_.size_of(chunk);
        if (size > held) {
            if (size > held + free_above(chunk)) return false;
            inspect(chunk);
            store_.grow(chunk, size);
        } else {
            store_.settle_peak();
            trim(chunk, size);
        }
        return true;
    }

    /// Gives back what a chunk in use has beyond `size` bytes, if that can be a chunk.
    constexpr void trim(std::size_t chunk, std::size_t size) noexcept { store_.release_tail(chunk, size); }

    /// Makes one chunk in use of `chunk` and its free neighbours, from the lowest aligned place below, if `wanted` fits.
    /// Returns the new chunk; `none` if there is no such place. The payload is still where it was: move it, then `trim`.
    constexpr std::size_t claim_down(std::size_t chunk, const typename Store::fit_type& wanted) noexcept {
        if (chunks_.is_prev_in_use(chunk)) return none;
        const std::size_t below = chunk - chunks_.prev_size_of(chunk);
        const std::size_t held = chunks_.size_of(chunk);
        const std::size_t end = chunk + held + free_above(chunk);
        const std::size_t lead = wanted.lead_in(below);
        if (lead >= chunk - below || !wanted.fits_in(below, end - below)) return none;
        inspect(chunk);
        if (!chunks_.is_in_use(chunks_.next_of(chunk))) store_.absorb(chunks_.next_of(chunk));
        const std::size_t start = below + lead;
        store_.detach(below);
        chunks_.wipe(chunk);
        chunks_.set_header(start, chunks_type::prev_in_use);
        chunks_.mark_in_use(start, end - start);
        store_.settle_peak();  // for a larger alignment a chunk may come down and end up shorter
        store_.counted().lengthened(end - start - held);
        if (lead != 0) store_.settle(below, lead);
        return start;
    }

private:
    constexpr std::size_t free_above(std::size_t chunk) const noexcept {
        const std::size_t next = chunks_.next_of(chunk);
        return chunks_.is_in_use(next) ? 0 : chunks_.size_of(next);
    }

    constexpr void inspect(std::size_t chunk) const noexcept {
        if constexpr (Store::is_checked) store_.must_have_sound_neighbours(chunk, chunks_.size_of(chunk));
    }

    Store& store_;
    chunks_type& chunks_;
};

}  // namespace allot::detail
