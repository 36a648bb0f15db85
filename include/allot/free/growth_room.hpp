// Room to grow: where a payload goes that has grown before and will again, as vectors do.
//
//     [ ------------- free ------------ ]   =>   [ free ][ in use, aligned ][ free ]
//
// With free memory on both sides its next growths are had in place, or a little lower. There is such room only in a heap of
// which three quarters stay in one piece.
//
// Guarantees: constexpr, O(1); reads headers, writes nothing.
#pragma once

#include <allot/base/align.hpp>
#include <allot/chunks/region.hpp>

#include <cstddef>

namespace allot::detail {

template <class Index>
class growth_room {
    using chunks_type = typename Index::chunks_type;
    using fit_type = typename Index::fit_type;
    using knobs = typename Index::knobs;

public:
    /// True if a chunk of a page or so is to become larger, but not more than twice as large.
    static constexpr bool is_needed(std::size_t owned, std::size_t size) noexcept {
        return owned >= 4 * knobs::exact_bin_limit && owned < size && size <= 2 * owned;
    }

    /// A free chunk, and how much of it is to stay free below the payload.
    struct place {
        std::size_t found = none;
        std::size_t lead = 0;
    };

    /// Where `wanted` has free memory on both sides; `none` if there is no such place.
    static constexpr place find(const Index& index, const chunks_type& chunks, const fit_type& wanted) noexcept {
        const sized_chunk found = roomy_chunk(index, chunks, wanted.size);
        if (found.chunk == none) return {};
        const std::size_t half = align_down(found.size / 2, chunks_type::granule);
        const std::size_t room = found.chunk == index.top().chunk ? knobs::growth_room * wanted.size : half;
        if (!wanted.fits_in(found.chunk + room, found.size - room)) return {};
        return {found.chunk, room + wanted.lead_in(found.chunk + room)};
    }

private:
    /// A chunk of the highest bin, or the top, if a piece of `size` bytes leaves room for its own growth and that of others.
    static constexpr sized_chunk roomy_chunk(const Index& index, const chunks_type& chunks, std::size_t size) noexcept {
        constexpr std::size_t least = 2 * knobs::growth_room;
        const std::size_t whole = index.regions().tiled_bytes() / 4 * 3;
        const std::size_t spare = index.top().size > whole ? index.top().size - whole : 0;
        if (spare / least < size) return {};
        const std::size_t bin = index.binned().map().find_last();
        if (bin == Index::classes::bin_count) return index.top();
        const std::size_t chunk = index.binned().first(chunks, bin);
        const std::size_t binned = chunks.size_of(chunk);
        return binned / least < size ? index.top() : sized_chunk{chunk, binned};
    }
};

}  // namespace allot::detail
