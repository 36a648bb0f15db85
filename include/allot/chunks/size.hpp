// Sizes and places that must not be taken for each other.
//
//     put(chunk, {112})      a chunk size: header included       put_small(chunk, {100})    a payload size: what a caller says
//
// Addresses are plain numbers, all of them of chunks but where a name says otherwise.
//
// Guarantees: plain data.
#pragma once

#include <allot/base/config.hpp>

#include <cstddef>

namespace allot::detail {

/// "No chunk": an address that no chunk has.
inline constexpr std::size_t none = 0;

/// Header included; a multiple of the granule.
struct chunk_size {
    std::size_t bytes;
};

/// What a caller says that it owns; 0: it does not say.
struct payload_size {
    std::size_t bytes;
};

/// A chunk and its size, which need not be read again.
struct sized_chunk {
    std::size_t chunk = none;
    std::size_t size = 0;
};

/// Where the chunks of a region lie; `bytes` up to its fencepost.
struct tiled_span {
    std::size_t first = 0;
    std::size_t bytes = 0;

    ALLOT_INLINE constexpr bool has_chunk(std::size_t address) const noexcept { return address - first < bytes; }
};

}  // namespace allot::detail
