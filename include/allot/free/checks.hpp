// What a heap believes before it acts: the checks of hardening::basic.
//
//     deallocate(p):   p aligned?  in a region?  header in use?  size inside the region?  next neighbour agrees?
//     coalesce:        footer == header of a free neighbour?  its links mutual?             ... and only then a write
//
// The first line is one predicate of a few instructions; naming the corruption is a second, cold look.
//
// Guarantees: constexpr; O(1) for the hot region, else O(log regions); reads only words inside regions; writes
// nothing in the heap.
#pragma once

#include <allot/chunks/region_list.hpp>
#include <allot/free/bins.hpp>
#include <allot/policy/corruption.hpp>

#include <cstddef>

namespace allot::detail {

/// The outcome of a check: a corruption and the payload that shows it, or nothing.
struct corruption {
    corruption_kind kind{};
    std::size_t where = none;

    constexpr explicit operator bool() const noexcept { return where != none; }
};

/// `Index` knows the regions and the bins.
template <class Chunks, class Index>
class checks {
    using link = typename Chunks::link;

public:
    constexpr checks(const Chunks& chunks, const Index& index) noexcept : chunks_(chunks), index_(index) {}

    /// True if `chunk` looks like one that a caller owns, in the hot region.
    ALLOT_INLINE constexpr bool is_owned(std::size_t chunk) const noexcept {
        const tiled_span& home = chunks_.hot();
        if (!is_aligned(Chunks::payload_of(chunk), Chunks::granule) || !home.has_chunk(chunk)) return false;
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t size = Chunks::size_in(header);
        return has_state(header, Chunks::in_use) && is_inside(home, chunk, size) &&
               chunks_.is_prev_in_use(chunk + size);
    }

    /// Why a payload is not one that a caller owns.
    ALLOT_COLD constexpr corruption why_not_owned(std::size_t payload) const noexcept {
        const std::size_t chunk = Chunks::chunk_of(payload);
        if (!is_aligned(payload, Chunks::granule)) return {corruption_kind::misaligned_pointer, payload};
        if (!index_.regions().has_chunk(chunks_, chunk)) return {corruption_kind::foreign_pointer, payload};
        if (!has_state(chunks_.header_of(chunk), Chunks::in_use)) return {corruption_kind::double_free, payload};
        return {corruption_kind::broken_header, payload};
    }

    /// Why what a list of cached or waiting chunks leads to is not one. The chunk whose link was overwritten has left the list, so
    /// all that can be named is the chunk that the link leads to now, if a chunk may start there, or else nothing.
    ALLOT_COLD constexpr corruption why_not_listed(std::size_t chunk) const noexcept {
        return {corruption_kind::broken_link, may_start_chunk(chunk) ? Chunks::payload_of(chunk) : none};
    }

    /// True if a chunk may start there, in any region.
    ALLOT_INLINE constexpr bool may_start_chunk(std::size_t chunk) const noexcept {
        if (chunks_.may_start_in_hot(chunk)) [[likely]]
            return true;
        return is_aligned(Chunks::payload_of(chunk), Chunks::granule) && index_.regions().has_chunk(chunks_, chunk);
    }

    /// True if the free neighbours of a chunk in use are what they say. Pre: its size is that of a chunk in its region.
    ALLOT_INLINE constexpr bool has_sound_neighbours(std::size_t chunk, std::size_t size) const noexcept {
        const tiled_span home = home_of(chunk);
        const std::size_t next = chunk + size;
        if (!chunks_.is_in_use(next) && !is_free_chunk(home, next)) return false;
        if (chunks_.is_prev_in_use(chunk)) return true;
        return is_footer_below(home, chunk) && has_sound_links(chunk - chunks_.prev_size_of(chunk));
    }

    /// Why they are not: a free neighbour that is not sound, or the chunk itself if the footer below it leads to none.
    ALLOT_COLD constexpr corruption why_not_sound_neighbours(std::size_t chunk, std::size_t size) const noexcept {
        const tiled_span home = home_of(chunk);
        const std::size_t next = chunk + size;
        if (!chunks_.is_in_use(next) && !is_free_chunk(home, next)) return why_not_free(next);
        if (!is_footer_below(home, chunk)) return {corruption_kind::broken_footer, Chunks::payload_of(chunk)};
        return why_not_free(chunk - chunks_.prev_size_of(chunk));
    }

    /// True if the list goes on inside a region, or ends, behind a free chunk: enough to look at the next one.
    ALLOT_INLINE constexpr bool leads_inside(std::size_t chunk) const noexcept {
        const link next = chunks_.next_free(chunk);
        return next == Chunks::no_link || may_start_chunk(chunks_.chunk_at(next));
    }

    /// True if the next free chunk of the list, if there is one, leads back.
    ALLOT_INLINE constexpr bool is_led_back_to(std::size_t chunk) const noexcept {
        const link next = chunks_.next_free(chunk);
        if (next == Chunks::no_link) return true;
        const std::size_t after = chunks_.chunk_at(next);
        return may_start_chunk(after) && chunks_.prev_free(after) == chunks_.link_to(chunk);
    }

    /// True if the links of a free chunk lead to chunks that lead back.
    ALLOT_INLINE constexpr bool has_sound_links(std::size_t chunk) const noexcept {
        if (!is_led_back_to(chunk)) return false;
        const link self = chunks_.link_to(chunk);
        const link back = chunks_.prev_free(chunk);
        if (Chunks::is_tag(back)) return is_first_of(Chunks::bin_in(back), self);
        const std::size_t before = chunks_.chunk_at(back);
        return may_start_chunk(before) && chunks_.next_free(before) == self;
    }

    /// True if the first chunk of an exact bin looks like a free one of its size.
    ALLOT_INLINE constexpr bool is_whole(std::size_t chunk, std::size_t bin, std::size_t size) const noexcept {
        return chunks_.header_of(chunk) == (size | Chunks::prev_in_use) &&
               chunks_.prev_free(chunk) == Chunks::tag_of(bin) && is_led_back_to(chunk);
    }

    /// True if a chunk that is said to be free has a size of its own region and a footer that agrees.
    ALLOT_INLINE constexpr bool is_free_chunk(const tiled_span& home, std::size_t chunk) const noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t size = Chunks::size_in(header);
        if (header != (size | Chunks::prev_in_use) || !is_inside(home, chunk, size)) return false;
        const bool has_footer = !Chunks::has_minimal || size != Chunks::min_chunk;
        return (!has_footer || chunks_.footer_of(chunk, size) == size) && has_sound_links(chunk);
    }

    ALLOT_INLINE constexpr bool is_free_chunk(std::size_t chunk) const noexcept {
        return is_free_chunk(home_of(chunk), chunk);
    }

    /// Why a free chunk is not sound.
    ALLOT_COLD constexpr corruption why_not_free(std::size_t chunk) const noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t size = Chunks::size_in(header);
        if (header != (size | Chunks::prev_in_use) || !is_inside(home_of(chunk), chunk, size)) {
            return {corruption_kind::broken_header, Chunks::payload_of(chunk)};
        }
        const bool has_footer = !Chunks::has_minimal || size != Chunks::min_chunk;
        if (has_footer && chunks_.footer_of(chunk, size) != size)
            return {corruption_kind::broken_footer, Chunks::payload_of(chunk)};
        return {corruption_kind::broken_link, Chunks::payload_of(chunk)};
    }

private:
    static constexpr bool has_state(std::size_t header, std::size_t state) noexcept {
        return (header & (Chunks::in_use | Chunks::cached)) == state;
    }
    ALLOT_INLINE static constexpr bool is_inside(const tiled_span& home, std::size_t chunk, std::size_t size) noexcept {
        return size >= Chunks::min_chunk && size <= home.bytes - (chunk - home.first);
    }
    /// True if the word below a chunk says where a free chunk starts. Pre: the lower neighbour is said to be free.
    ALLOT_INLINE constexpr bool is_footer_below(const tiled_span& home, std::size_t chunk) const noexcept {
        const std::size_t size = chunks_.prev_size_of(chunk);
        return size - 1 < chunk - home.first && chunks_.header_of(chunk - size) == (size | Chunks::prev_in_use);
    }
    ALLOT_INLINE constexpr tiled_span home_of(std::size_t chunk) const noexcept {
        if (chunks_.hot().has_chunk(chunk)) [[likely]]
            return chunks_.hot();
        return index_.regions().span_of(chunks_, chunk);
    }
    constexpr bool is_first_of(std::size_t bin, link self) const noexcept {
        return bin == Chunks::unlisted || (bin < Index::bins_type::bin_count && index_.binned().first(bin) == self);
    }

    const Chunks& chunks_;
    const Index& index_;
};

}  // namespace allot::detail
