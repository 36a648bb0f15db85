// Every chunk of every region, in address order.
//
//     region   [ in_use 48 ][ free 96 ][ cached 32 ][ in_use 64 ][ free 4096 ] fencepost
//     visit         1           2           3            4            5
//
// At once, or in pieces between which others may change the heap: a chunk that stands all the time is visited once.
//
// Guarantees: constexpr, reads headers only, O(chunks). It believes what it reads: over a heap that may be damaged,
// use `verify` first.
#pragma once

#include <allot/chunks/cursor.hpp>
#include <allot/core/chunk_store.hpp>

#include <cstddef>

namespace allot {

enum class chunk_state : unsigned char { in_use, free, cached };

/// One chunk, as a visitor sees it. `bytes` includes the header.
struct chunk_info {
    const void* payload;
    std::size_t bytes;
    chunk_state state;
};

namespace detail {

/// The state that a header tells.
template <class Chunks>
constexpr chunk_state state_in(std::size_t header) noexcept {
    if ((header & Chunks::in_use) == 0) return chunk_state::free;
    return (header & Chunks::cached) != 0 ? chunk_state::cached : chunk_state::in_use;
}

/// The chunk at a cursor, or the first one of the next region; `none` past the end.
template <class Store>
constexpr std::size_t chunk_at(const Store& store, const cursor& place) noexcept {
    const auto& chunks = store.chunks();
    const auto& regions = store.regions();
    const std::size_t below = regions.find_below(chunks, place.at);
    const bool is_in_region = below != none && regions.at(chunks, below).has_chunk(place.at);
    return is_in_region ? place.at : regions.after(chunks, place.at);
}

/// Calls `visit(chunk, size, state)` for the next chunks, `most` at most, and moves the cursor. False: those were the last.
template <class Store, class Visit>
constexpr bool walk_on(const Store& store, cursor& place, std::size_t most, Visit&& visit) {
    using chunks_type = typename Store::chunks_type;
    const chunks_type& chunks = store.chunks();
    std::size_t chunk = chunk_at(store, place);
    for (; most != 0 && chunk != none; --most) {
        const std::size_t header = chunks.header_of(chunk);
        visit(chunk, chunks_type::size_in(header), state_in<chunks_type>(header));
        chunk += chunks_type::size_in(header);
        if (chunks.is_fencepost(chunk)) chunk = store.regions().after(chunks, chunk);
    }
    place.at = chunk;
    return chunk != none;
}

}  // namespace detail
}  // namespace allot
