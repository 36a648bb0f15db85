// A look at what waits in a lane, from the heap behind it.
//
//     lane   [ 32 -> 32    64 ]      each must lie where a chunk may start in the heap, and be marked as waiting
//     heap   [ in use 32 ][ ... ]    a walk over the heap is to tell it as cached: revealed, and hidden again
//
// Guarantees: O(waiting chunks); for whoever holds the lane and the heap alone. Writes nothing but the flag that reveals.
#pragma once

#include <allot/lanes/lane.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class lane_view {
    using chunks_type = typename Store::chunks_type;

public:
    constexpr lane_view(const Store& store, const lane<Store>& lane) noexcept : store_(store), lane_(lane) {}

    /// Calls `visit(chunk, size)` for what waits. False, and no further, where its lists are broken.
    template <class Visit>
    constexpr bool for_each(Visit&& visit) const noexcept {
        return lane_.for_each([this](std::size_t chunk) { return store_.inspect().may_start_chunk(chunk); }, visit);
    }

    constexpr bool is_sound() const noexcept {
        return for_each([](std::size_t, std::size_t) {});
    }

    constexpr bool has(std::size_t payload) const noexcept {
        bool is_found = false;
        for_each([&](std::size_t chunk, std::size_t) { is_found |= chunk == chunks_type::chunk_of(payload); });
        return is_found;
    }

    /// Makes what waits read as cached, for a walk over the heap, until it is hidden again.
    constexpr void reveal() const noexcept {
        chunks_type chunks = store_.chunks();
        for_each([&](std::size_t chunk, std::size_t) {
            chunks.set_header(chunk, chunks.header_of(chunk) | chunks_type::cached);
        });
    }
    constexpr void hide() const noexcept {
        chunks_type chunks = store_.chunks();
        for_each([&](std::size_t chunk, std::size_t) {
            chunks.set_header(chunk,
                              chunks.header_of(chunk) & ~chunks_type::cached);  // one that is in two lists comes twice
        });
    }

private:
    const Store& store_;
    const lane<Store>& lane_;
};

}  // namespace allot::detail
