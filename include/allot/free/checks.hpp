// What a heap believes before it acts: the checks of hardening::basic.
//
//     deallocate(p):   p aligned?  in a region?  header in use?  size inside the region?  next neighbour agrees?
//     coalesce:        footer == header of a free neighbour?  its links mutual?    ... and only then is it taken out
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
        return has_far_members && is_aligned(Chunks::payload_of(chunk), Chunks::granule) &&
               index_.regions().has_chunk(chunks_, chunk);
    }

    /// True if the chunk above one in use is in use as well, or a free one as it should be. Pre: `next` is where it is.
    ALLOT_INLINE constexpr bool is_above_sound(std::size_t next) const noexcept {
        return chunks_.is_in_use(next) || is_free_chunk(next);
    }

    /// The same of the chunk below one in use.
    ALLOT_INLINE constexpr bool is_below_sound(std::size_t chunk) const noexcept {
        return chunks_.is_prev_in_use(chunk) || is_free_below(chunk);
    }

    /// True if a free chunk as it should be lies below a chunk in use. Pre: that is what its header says.
    ALLOT_INLINE constexpr bool is_free_below(std::size_t chunk) const noexcept {
        return is_free_below_in(chunks_.hot(), chunk) || (has_more_regions && is_free_below_elsewhere(*this, chunk));
    }

    /// Why they are not: a free neighbour that is not sound, or the chunk itself if the footer below it leads to none.
    ALLOT_COLD constexpr corruption why_not_sound_neighbours(std::size_t chunk, std::size_t size) const noexcept {
        if (!is_above_sound(chunk + size)) return why_not_free(chunk + size);
        if (!is_footer_below(home_of(chunk), chunk)) return {corruption_kind::broken_footer, Chunks::payload_of(chunk)};
        return why_not_free(chunk - chunks_.prev_size_of(chunk));
    }

    /// True if the list goes on to a head or inside a region behind a free chunk: enough to look at the next one.
    ALLOT_INLINE constexpr bool leads_inside(std::size_t chunk) const noexcept { return is_member(next_of(chunk)); }

    /// True if the links of a free chunk lead to members that lead back.
    ALLOT_INLINE constexpr bool has_sound_links(std::size_t chunk) const noexcept {
        const std::size_t next = next_of(chunk);
        const std::size_t prev = heads().member_at(chunks_, chunks_.prev_free(chunk));
        if (is_near(next) + is_near(prev) != 2 && !(has_far_members && is_member(next) && is_member(prev))) [[unlikely]]
            return false;
        return is_led_back_to(chunk, next) && heads().next(chunks_, prev) == chunks_.link_to(chunk);
    }

    /// True if the first chunk of an exact bin looks like a free one of its size.
    ALLOT_INLINE constexpr bool is_whole(std::size_t chunk, std::size_t bin, std::size_t size) const noexcept {
        return chunks_.header_of(chunk) == (size | Chunks::prev_in_use) && is_led_to_first({chunk, bin});
    }

    /// True if the first chunk of any bin is a free one as it should be.
    ALLOT_INLINE constexpr bool is_first(const binned_chunk& found) const noexcept {
        return is_first_in(chunks_.hot(), found) || (has_more_regions && is_first_elsewhere(*this, found));
    }

    /// True if a chunk that is said to be free has a size of its own region, a footer that agrees, and links that lead back.
    ALLOT_INLINE constexpr bool is_free_chunk(std::size_t chunk) const noexcept {
        return is_free_in(chunks_.hot(), chunk) || (has_more_regions && is_free_elsewhere(*this, chunk));
    }

    /// Why a free chunk is not sound.
    ALLOT_COLD constexpr corruption why_not_free(std::size_t chunk) const noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t size = Chunks::size_in(header);
        if (header != (size | Chunks::prev_in_use) || !is_inside(home_of(chunk), chunk, size)) {
            return {corruption_kind::broken_header, Chunks::payload_of(chunk)};
        }
        if (!agrees_with_footer(chunk, size)) return {corruption_kind::broken_footer, Chunks::payload_of(chunk)};
        return {corruption_kind::broken_link, Chunks::payload_of(chunk)};
    }

private:
    /// True if there may be regions beside the hot one.
    static constexpr bool has_more_regions = !Index::regions_type::is_sole;
    /// True if a chunk may start where the hot starts do not say so: in another region, or too close to the end for a cached one.
    static constexpr bool has_far_members = has_more_regions || Index::lookahead > Chunks::granule;

    static constexpr bool has_state(std::size_t header, std::size_t state) noexcept {
        return (header & (Chunks::in_use | Chunks::cached)) == state;
    }
    ALLOT_INLINE static constexpr bool is_inside(const tiled_span& home, std::size_t chunk, std::size_t size) noexcept {
        return size >= Chunks::min_chunk && size <= home.bytes - (chunk - home.first);
    }
    ALLOT_INLINE constexpr bool agrees_with_footer(std::size_t chunk, std::size_t size) const noexcept {
        const bool has_none = Chunks::has_minimal && size == Chunks::min_chunk;
        return has_none || chunks_.footer_of(chunk, size) == size;
    }

    ALLOT_INLINE constexpr bool has_sound_size_in(const tiled_span& home, std::size_t chunk) const noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t size = Chunks::size_in(header);
        return home.has_chunk(chunk) && header == (size | Chunks::prev_in_use) && is_inside(home, chunk, size) &&
               agrees_with_footer(chunk, size);
    }
    ALLOT_INLINE constexpr bool is_free_in(const tiled_span& home, std::size_t chunk) const noexcept {
        return has_sound_size_in(home, chunk) && (index_.is_loose(chunk) || has_sound_links(chunk));
    }
    ALLOT_INLINE constexpr bool is_first_in(const tiled_span& home, const binned_chunk& found) const noexcept {
        return has_sound_size_in(home, found.chunk) && is_led_to_first(found);
    }
    // The cold looks take a copy of the checks, or the hot ones would have to keep theirs in memory.
    ALLOT_COLD static constexpr bool is_free_elsewhere(checks by, std::size_t chunk) noexcept {
        return by.is_free_in(by.index_.regions().span_of(by.chunks_, chunk), chunk);
    }
    ALLOT_COLD static constexpr bool is_first_elsewhere(checks by, const binned_chunk found) noexcept {
        return by.is_first_in(by.index_.regions().span_of(by.chunks_, found.chunk), found);
    }

    ALLOT_INLINE constexpr bool is_free_below_in(const tiled_span& home, std::size_t chunk) const noexcept {
        if (!home.has_chunk(chunk) || !is_footer_below(home, chunk)) return false;
        const std::size_t below = chunk - chunks_.prev_size_of(chunk);
        return index_.is_loose(below) || has_sound_links(below);
    }
    ALLOT_COLD static constexpr bool is_free_below_elsewhere(checks by, std::size_t chunk) noexcept {
        return by.is_free_below_in(by.index_.regions().span_of(by.chunks_, chunk), chunk);
    }

    /// True if the word below a chunk says where a free chunk starts. Pre: the lower neighbour is said to be free.
    ALLOT_INLINE constexpr bool is_footer_below(const tiled_span& home, std::size_t chunk) const noexcept {
        const std::size_t size = chunks_.prev_size_of(chunk);
        return size - 1 < chunk - home.first && chunks_.header_of(chunk - size) == (size | Chunks::prev_in_use);
    }
    ALLOT_INLINE constexpr tiled_span home_of(std::size_t chunk) const noexcept {
        if (!has_more_regions || chunks_.hot().has_chunk(chunk)) [[likely]]
            return chunks_.hot();
        return index_.regions().span_of(chunks_, chunk);
    }
    ALLOT_INLINE constexpr const auto& heads() const noexcept { return index_.binned().heads(); }

    ALLOT_INLINE constexpr std::size_t next_of(std::size_t chunk) const noexcept {
        return heads().member_at(chunks_, chunks_.next_free(chunk));
    }
    /// True if the first chunk of a bin is between the head and what leads back to it. A branch asks for the head, as the one that takes
    /// the chunk out will: a processor that foresees one foresees both.
    ALLOT_INLINE constexpr bool is_led_to_first(const binned_chunk& found) const noexcept {
        const std::size_t next = next_of(found.chunk);
        return chunks_.prev_free(found.chunk) == heads().link_to(found.bin) &&
               (next == heads().at(found.bin) || may_start_chunk(next)) && is_led_back_to(found.chunk, next);
    }
    ALLOT_INLINE constexpr bool is_led_back_to(std::size_t chunk, std::size_t next) const noexcept {
        return heads().prev(chunks_, next) == chunks_.link_to(chunk);
    }

    /// True if a list may lead there.
    ALLOT_INLINE constexpr bool is_member(std::size_t member) const noexcept {
        return is_near(member) != 0 || (has_far_members && may_start_chunk(member));
    }

    /// 1 for a head and where a chunk may start in the hot region, else 0. A number to be added, as it cannot be foreseen which of
    /// the two a member is, and a branch must not ask.
    ALLOT_INLINE constexpr std::size_t is_near(std::size_t member) const noexcept {
        return static_cast<std::size_t>(heads().has(member)) +
               static_cast<std::size_t>(chunks_.may_start_in_hot(member));
    }

    const Chunks& chunks_;
    const Index& index_;
};

}  // namespace allot::detail
