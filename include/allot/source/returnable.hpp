// Which part of a region of the source could go back: all of it, or an end.
//
//     base        whole page    next                       top       whole page              end
//      | descriptor | [ free --- ] [ in use ] ... [ in use ] [ free -------------- ] fencepost |
//      `- bottom ---'                                                `---- top part -----------'
//
// Only a source that says so (`granularity`) takes parts; they begin and end at multiples of it, and leave the region a
// descriptor, or a chunk and a fencepost, of its own.
//
// Guarantees: constexpr, O(1), changes nothing.
#pragma once

#include <allot/chunks/region_list.hpp>
#include <allot/traits.hpp>

#include <cstddef>

namespace allot::detail {

template <class Traits, class Chunks, class Regions>
class returnable {
    using source = typename Traits::source;

public:
    static constexpr bool gives_parts = source_of_parts<source>;

    /// Parts start and end at multiples of this.
    static constexpr std::size_t granularity = granularity_of<source>();

    static constexpr std::size_t least_part =
        !gives_parts || Traits::keep_free_bytes != keep_an_eighth || granularity > 65536 ? granularity : 65536;

    struct part {
        std::size_t base = none;
        std::size_t bytes = 0;
        bool is_whole = false;
    };

    /// True if a region may be cut in two at an address, and one of the two goes back.
    static constexpr bool may_cut(std::size_t at) noexcept { return gives_parts && is_aligned(at, granularity); }

    /// The largest part that could go back; empty if there is none.
    static constexpr part of(const Chunks& chunks, const region& home) noexcept {
        if (!chunks.is_in_use(home.first) && chunks.next_of(home.first) == home.fencepost)
            return {home.base, home.bytes, true};
        if constexpr (!gives_parts) return {};
        const part top = top_of(chunks, home);
        const part bottom = bottom_of(chunks, home);
        const part larger = top.bytes >= bottom.bytes ? top : bottom;
        return larger.bytes < granularity ? part{} : larger;
    }

private:
    static constexpr part top_of(const Chunks& chunks, const region& home) noexcept {
        if (chunks.is_prev_in_use(home.fencepost) || !is_aligned(home.end(), granularity)) return {};
        const std::size_t top = home.fencepost - chunks.prev_size_of(home.fencepost);
        const std::size_t cut = align_up(top + Chunks::min_chunk + Chunks::word_bytes, granularity);
        return cut < home.end() ? part{cut, home.end() - cut} : part{};
    }

    static constexpr part bottom_of(const Chunks& chunks, const region& home) noexcept {
        if (chunks.is_in_use(home.first) || !is_aligned(home.base, granularity)) return {};
        const std::size_t next = chunks.next_of(home.first);
        const std::size_t cut = align_down(next - Chunks::min_chunk - Regions::most_lead_bytes, granularity);
        return cut > home.base && cut < next ? part{home.base, cut - home.base} : part{};
    }
};

}  // namespace allot::detail
