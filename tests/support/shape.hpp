// The shape of a heap as text, in granules, region by region.
//
//     [2] 3 (2) rest        in use 2, free 3, cached 2, and the rest of the region is free
//     [4] [rest] | rest     two regions
//
// The last chunk of a region is always `rest`: tests say what they took, not how large the region was.
#pragma once

#include <allot/diagnostics/walk.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace allot_test {

template <class Heap>
std::vector<allot::chunk_info> chunks_of(const Heap& heap) {
    std::vector<allot::chunk_info> chunks;
    heap.for_each_chunk([&](const allot::chunk_info& chunk) { chunks.push_back(chunk); });
    return chunks;
}

inline std::string in_brackets(const std::string& text, allot::chunk_state state) {
    if (state == allot::chunk_state::in_use) return "[" + text + "]";
    return state == allot::chunk_state::cached ? "(" + text + ")" : text;
}

template <class Heap>
std::string shape_of(const Heap& heap) {
    const std::vector<allot::chunk_info> chunks = chunks_of(heap);
    std::string shape;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const bool is_last = i + 1 == chunks.size();
        const auto* const end = static_cast<const char*>(chunks[i].payload) + chunks[i].bytes;
        const bool ends_region = is_last || chunks[i + 1].payload != end;
        const std::string granules = std::to_string(chunks[i].bytes / Heap::default_alignment);
        shape += in_brackets(ends_region ? "rest" : granules, chunks[i].state);
        if (!is_last) shape += ends_region ? " | " : " ";
    }
    return shape;
}

}  // namespace allot_test
