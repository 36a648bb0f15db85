// Every chunk of every region, in address order.
//
//     region   [ in_use 48 ][ free 96 ][ cached 32 ][ in_use 64 ][ free 4096 ] fencepost
//     visit         1           2           3            4            5
//
// Guarantees: constexpr, reads headers only, O(chunks). It believes what it reads: over a heap that may be damaged,
// use `verify` first.
#pragma once

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

/// Calls `visit(chunk, size, state)` for every chunk, region by region.
template <class Store, class Visit>
constexpr void walk(const Store& store, Visit&& visit) {
    using chunks_type = typename Store::chunks_type;
    const chunks_type& chunks = store.chunks();
    const auto& regions = store.regions();
    for (std::size_t at = regions.lowest(chunks); at != none; at = regions.after(chunks, at)) {
        for (std::size_t chunk = at; !chunks.is_fencepost(chunk); chunk = chunks.next_of(chunk)) {
            const std::size_t header = chunks.header_of(chunk);
            visit(chunk, chunks_type::size_in(header), state_in<chunks_type>(header));
        }
    }
}

}  // namespace detail
}  // namespace allot
