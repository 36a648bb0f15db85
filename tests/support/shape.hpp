// The shape of a heap as text, in granules, region by region.
//
//     [2] 3 (2) rest        in use 2, free 3, cached 2, and the rest of the region is free
//     [4] [rest] | rest     two regions
//
// The last chunk of a region is always `rest`: tests say what they took, not how large the region was.
#pragma once

#include <allot/diagnostics/stats.hpp>
#include <allot/diagnostics/walk.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace allot_test {

/// Looks at one moment of a heap, with what waits in its lanes if it has any.
template <class Heap, class Look>
auto at_one_moment(const Heap& heap, Look&& look) {
    if constexpr (requires { typename Heap::lock_type; }) return heap.while_stopped(look);
    else return look(heap);
}

template <class Heap>
std::vector<allot::chunk_info> chunks_of(const Heap& heap) {
    std::vector<allot::chunk_info> chunks;
    at_one_moment(heap, [&](const auto& still) {
        still.for_each_chunk([&](const allot::chunk_info& chunk) { chunks.push_back(chunk); });
    });
    return chunks;
}

template <class Heap>
allot::heap_stats stats_of(const Heap& heap) {
    return at_one_moment(heap, [](const auto& still) { return still.stats(); });
}

inline std::string in_brackets(const std::string& text, allot::chunk_state state) {
    if (state == allot::chunk_state::in_use) return "[" + text + "]";
    return state == allot::chunk_state::cached ? "(" + text + ")" : text;
}

/// A chunk as a shape knows it.
struct placed_chunk {
    std::size_t begin;
    std::size_t bytes;
    allot::chunk_state state;
};

inline std::string shape_of(const std::vector<placed_chunk>& chunks, std::size_t granule) {
    std::string shape;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const bool is_last = i + 1 == chunks.size();
        const bool ends_region = is_last || chunks[i + 1].begin != chunks[i].begin + chunks[i].bytes;
        shape += in_brackets(ends_region ? "rest" : std::to_string(chunks[i].bytes / granule), chunks[i].state);
        if (!is_last) shape += ends_region ? " | " : " ";
    }
    return shape;
}

/// Calls `visit(chunk, size, state)` for every chunk of a store.
template <class Store, class Visit>
void walk(const Store& store, Visit&& visit) {
    allot::detail::cursor place{};
    allot::detail::walk_on(store, place, ~std::size_t{0}, visit);
}

template <class Heap>
std::string shape_of(const Heap& heap) {
    std::vector<placed_chunk> placed;
    for (const allot::chunk_info& chunk : chunks_of(heap)) {
        placed.push_back({reinterpret_cast<std::uintptr_t>(chunk.payload), chunk.bytes, chunk.state});
    }
    return shape_of(placed, Heap::default_alignment);
}

/// The same for a chunk store over any Memory.
template <class Store>
std::string shape_of_store(const Store& store) {
    std::vector<placed_chunk> placed;
    walk(store, [&](std::size_t chunk, std::size_t bytes, allot::chunk_state state) {
        placed.push_back({chunk, bytes, state});
    });
    return shape_of(placed, Store::chunks_type::granule);
}

}  // namespace allot_test
