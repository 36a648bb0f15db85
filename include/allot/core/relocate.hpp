// A payload gets another size: where it is, downward, or in a new place.
//
//     begin    in place  ->  downward  ->  a new place       each only if the one before is not possible
//     copy     by the caller, who may have dropped a lock: both places are his
//     finish   gives back what only the copy has read
//
// Guarantees: constexpr, O(1) but for the search of a new place; a `begin` that fails has changed nothing but that cached
// chunks may have merged.
#pragma once

#include <allot/core/request.hpp>
#include <allot/core/resize.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class relocate {
    using chunks_type = typename Store::chunks_type;
    using fit_type = typename Store::fit_type;
    using requests = typename Store::requests;

public:
    constexpr explicit relocate(Store& store) noexcept : store_(store), chunks_(store.chunks()) {}

    /// `reallocate` up to the copy. With `must_copy()`, both payloads are the caller's until `finish`.
    [[nodiscard]] constexpr relocation begin(std::size_t payload, request wanted) noexcept {
        const std::size_t size = requests::chunk_size_for(wanted.bytes);
        if (size == 0 || !is_power_of_two(wanted.alignment)) return failed(payload);
        const fit_type fit{size, wanted.alignment < chunks_type::granule ? chunks_type::granule : wanted.alignment};
        const std::size_t chunk = store_.owned_chunk_of(payload);
        const std::size_t owned = chunks_.size_of(chunk) - chunks_type::word_bytes;
        const std::size_t copied = owned < wanted.bytes ? owned : wanted.bytes;
        if (const relocation beside = resize_beside(chunk, fit, copied); beside.to != none) return beside;
        store_.settle_peak();  // with another alignment the new place may be the smaller one
        if (const std::size_t to = take_moved(chunk, fit); to != none) return moved(chunk, to, copied);
        if constexpr (Store::is_deferred) return resize_beside(chunk, fit, copied);  // `take_moved` has coalesced
        return failed(payload);
    }

    /// `reallocate` behind the copy. The old place is looked at again: the lock was dropped.
    constexpr void finish(const relocation& move, std::size_t bytes) noexcept {
        const std::size_t chunk = store_.owned_chunk_of(move.how == relocation::outcome::down ? move.to : move.from);
        if (move.how == relocation::outcome::down) return store_.land_tail(chunk, {requests::chunk_size_for(bytes)});
        store_.land(chunk, {chunks_.size_of(chunk)});
    }

    /// Gives a payload room for `bytes` where it is. False: nothing has changed.
    [[nodiscard]] constexpr bool in_place(std::size_t payload, std::size_t bytes) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        return size != 0 && resize<Store>(store_).in_place(store_.owned_chunk_of(payload), size);
    }

private:
    static constexpr relocation failed(std::size_t payload) noexcept { return {relocation::outcome::failed, false, payload, none, 0}; }

    /// Resizes a chunk where it is, or downward.
    constexpr relocation resize_beside(std::size_t chunk, const fit_type& wanted, std::size_t copied) noexcept {
        const std::size_t from = chunks_type::payload_of(chunk);
        const std::size_t to = resize<Store>(store_).beside(chunk, wanted);
        if (to == none) return failed(from);
        if (to == chunk) return {relocation::outcome::stayed, false, from, from, 0};
        if (chunks_.next_of(to) <= chunk) return moved(chunk, to, copied);
        store_.depart_tail(to, {wanted.size});
        return {relocation::outcome::down, false, from, chunks_type::payload_of(to), copied};
    }

    /// A new place for the payload of a chunk that cannot have `wanted` where it is; amid free memory if it is likely to grow on.
    constexpr std::size_t take_moved(std::size_t from, const fit_type& wanted) noexcept {
        if constexpr (Store::knobs::growth_room != 0) {
            const bool grows_on = Store::memory_type::is_growing(chunks_.size_of(from), wanted.size);
            const std::size_t chunk = grows_on ? store_.free().take_with_room(wanted) : none;
            if (chunk != none) return chunk;
        }
        return store_.take(wanted);
    }

    /// The payload of a chunk moves to another one, and only the copy still reads it.
    constexpr relocation moved(std::size_t from, std::size_t to, std::size_t copied) noexcept {
        store_.depart({chunks_.size_of(from)});
        return {relocation::outcome::moved, false, chunks_type::payload_of(from), chunks_type::payload_of(to), copied};
    }

    Store& store_;
    chunks_type& chunks_;
};

}  // namespace allot::detail
