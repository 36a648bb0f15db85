// A region: one span of memory that was given to the heap; and the list of all of them.
//
//   base                                                                                            end
//    | slack | bytes | next | check,slack,origin | chunk | chunk | ... | top (if free) | fencepost | slack |
//             `------ descriptor, 3 words ------'                                        zero-size, in use
//
// The descriptor sits just below the first chunk, so a region costs four words and what its ends lose to alignment.
// The list is sorted by address. Links in it are distances, and each descriptor carries a check word, so that a
// verifier can tell a damaged one before it follows it.
//
// Guarantees: constexpr; finding the region of an address is O(1) for the region visited last, else O(regions).
#pragma once

#include <allot/base/align.hpp>
#include <allot/base/bits.hpp>
#include <allot/core/chunk.hpp>

#include <cstddef>

namespace allot {

/// What became of a span that was given to, or asked back from, a heap.
enum class region_status : unsigned char {
    ok,
    null_base,            ///< the base is null
    too_small,            ///< no room for a descriptor, a chunk and a fencepost; or too little would be left
    wraps_address_space,  ///< base + bytes is past the last address
    overlaps,             ///< it shares bytes with a region that the heap has
    out_of_reach,         ///< larger than the largest chunk, or beyond the reach of compact links
    not_free              ///< not a wholly free span at an end of a region
};

namespace detail {

/// Who gave a region: what the source gave goes back to it when it has become wholly free.
enum class region_origin : unsigned char { caller, source };

/// A region, decoded.
struct region {
    std::size_t base;
    std::size_t bytes;
    std::size_t first;      ///< the first chunk
    std::size_t fencepost;
    region_origin origin;

    constexpr std::size_t end() const noexcept { return base + bytes; }
    constexpr std::size_t tiled_bytes() const noexcept { return fencepost - first; }
    constexpr bool has_chunk(std::size_t address) const noexcept { return address - first < tiled_bytes(); }
};

/// Where the chunks of a region lie; `bytes` up to its fencepost.
struct tiled_span {
    std::size_t first = 0;
    std::size_t bytes = 0;

    ALLOT_INLINE constexpr bool has_chunk(std::size_t address) const noexcept { return address - first < bytes; }
    constexpr std::size_t end() const noexcept { return first + bytes; }
};

/// Where chunks may start in one region, by one comparison.
template <std::size_t Granule>
struct near_places {
    std::size_t first = 0;
    std::size_t count = 0;

    ALLOT_INLINE constexpr bool has(std::size_t address) const noexcept { return is_early_multiple<Granule>(address - first, count); }
};

/// `Lookahead`: how far above the start of a chunk the near places let a caller read without asking.
template <class Chunks, std::size_t Lookahead = Chunks::granule>
class region_list {
    static constexpr std::size_t word = Chunks::word_bytes;
    static constexpr std::size_t descriptor_bytes = 3 * word;
    static constexpr std::size_t last_address = static_cast<typename Chunks::word_type>(~typename Chunks::word_type{0});

public:
    /// What the heap makes of a span. Pre: `status_of` finds nothing wrong with its size.
    static constexpr region lay_out(std::size_t base, std::size_t bytes, region_origin origin) noexcept {
        const std::size_t first = align_up(base + 4 * word, Chunks::granule) - word;
        return {base, bytes, first, align_down(base + bytes, Chunks::granule) - word, origin};
    }

    /// What is wrong with a span in itself: its place, its size, its distance.
    static constexpr region_status status_of(std::size_t base, std::size_t bytes) noexcept {
        constexpr std::size_t least = 4 * word + Chunks::min_chunk;
        if (base == none) return region_status::null_base;
        if (bytes < least) return region_status::too_small;
        if (base > last_address || bytes - 1 > last_address - base || base + bytes == 0) {
            return region_status::wraps_address_space;
        }
        const region laid = lay_out(base, bytes, region_origin::caller);
        if (laid.fencepost < laid.first || laid.tiled_bytes() < Chunks::min_chunk) return region_status::too_small;
        return region_status::ok;
    }

    constexpr std::size_t count() const noexcept { return count_; }
    constexpr std::size_t bytes() const noexcept { return bytes_; }
    constexpr std::size_t tiled_bytes() const noexcept { return tiled_bytes_; }
    constexpr bool is_empty() const noexcept { return count_ == 0; }

    // --- walking: a position is the address of a first chunk, `none` past the end -----------------------------------

    constexpr std::size_t lowest() const noexcept { return lowest_; }

    /// True if `lowest` is what was written there: nothing but it leads to the regions, so a verifier asks before it follows.
    constexpr bool is_lowest_sound() const noexcept { return lowest_again_ == ~lowest_; }
    constexpr region at(const Chunks& chunks, std::size_t position) const noexcept {
        const std::size_t bits = meta_of(chunks, position) & meta_mask;
        const std::size_t base = position - descriptor_bytes - bits / 2;
        return lay_out(base, bytes_at(chunks, position), bits % 2 == 0 ? region_origin::caller : region_origin::source);
    }
    constexpr std::size_t after(const Chunks& chunks, std::size_t position) const noexcept {
        const std::size_t distance = chunks.memory().load(position - 2 * word);
        return distance == 0 ? none : position + distance;
    }
    /// True if the descriptor of the region at `position` is as it was written.
    constexpr bool is_sound(const Chunks& chunks, std::size_t position) const noexcept {
        const std::size_t distance = chunks.memory().load(position - 2 * word);
        const std::size_t meta = meta_of(chunks, position);
        return meta == encode_meta(bytes_at(chunks, position), distance, meta & meta_mask);
    }

    /// The position of the last region whose base is at most `address`; `none` if there is none.
    constexpr std::size_t find_below(const Chunks& chunks, std::size_t address) const noexcept {
        std::size_t found = none;
        for (std::size_t region = lowest_; region != none; region = after(chunks, region)) {
            if (region - descriptor_bytes - (meta_of(chunks, region) & meta_mask) / 2 > address) break;
            found = region;
        }
        return found;
    }

    /// True if `address` lies among the chunks of a region, which is then the hot one.
    ALLOT_INLINE constexpr bool visit(const Chunks& chunks, std::size_t address) noexcept {
        if (hot_.has_chunk(address)) [[likely]] return true;
        return find_hot(chunks, address);
    }

    /// True if `address` lies among the chunks of a region.
    ALLOT_INLINE constexpr bool has_chunk(const Chunks& chunks, std::size_t address) const noexcept {
        if (hot_.has_chunk(address)) [[likely]] return true;
        return span_of(chunks, address).bytes != 0;
    }

    /// The chunks of the region that the last `visit` was true for.
    constexpr const tiled_span& hot() const noexcept { return hot_; }

    /// True if a chunk may start at `address`, in the region visited last, so that one of up to `Lookahead` bytes ends in it.
    ALLOT_INLINE constexpr bool is_near(std::size_t address) const noexcept {
        return near().has(address);
    }
    ALLOT_INLINE constexpr near_places<Chunks::granule> near() const noexcept { return {hot_.first, near_places_}; }
    constexpr bool is_near_sound() const noexcept { return near_places_ == near_places_in(hot_.bytes); }

    /// The chunks of the region around `address`; empty if there is none.
    ALLOT_COLD constexpr tiled_span span_of(const Chunks& chunks, std::size_t address) const noexcept {
        const std::size_t found = find_below(chunks, address);
        if (found == none || !at(chunks, found).has_chunk(address)) return {};
        return {found, at(chunks, found).tiled_bytes()};
    }

    // --- changing ----------------------------------------------------------------------------------------------------

    /// Writes the descriptor of `added` and puts it into the list behind `below` (`none`: as the lowest).
    constexpr void insert(Chunks& chunks, const region& added, std::size_t below) noexcept {
        const std::size_t above = below == none ? lowest_ : after(chunks, below);
        write(chunks, added, above);
        set_after(chunks, below, added.first);
        ++count_;
        bytes_ += added.bytes;
        tiled_bytes_ += added.tiled_bytes();
        make_hot({added.first, added.tiled_bytes()});
    }

    /// Takes the region at `position`, which follows `below`, off the list.
    constexpr void erase(Chunks& chunks, std::size_t position, std::size_t below) noexcept {
        const region erased = at(chunks, position);
        set_after(chunks, below, after(chunks, position));
        --count_;
        bytes_ -= erased.bytes;
        tiled_bytes_ -= erased.tiled_bytes();
        make_hot({});
    }

    /// The position before `position` in the list; `none` if it is the lowest.
    constexpr std::size_t before(const Chunks& chunks, std::size_t position) const noexcept {
        std::size_t below = none;
        for (std::size_t region = lowest_; region != position; region = after(chunks, region)) below = region;
        return below;
    }

private:
    static constexpr std::size_t meta_mask = 2 * Chunks::granule - 1;  // slack below the descriptor, twice, plus origin

    static constexpr std::size_t encode_meta(std::size_t bytes, std::size_t distance, std::size_t bits) noexcept {
        const std::size_t mixed = (bytes ^ distance * 0x9E3779B1u ^ bits) * 0x85EBCA6Bu;
        return ((mixed & ~meta_mask) | bits) & last_address;
    }
    static constexpr std::size_t bytes_at(const Chunks& chunks, std::size_t position) noexcept {
        return chunks.memory().load(position - 3 * word);
    }
    static constexpr std::size_t meta_of(const Chunks& chunks, std::size_t position) noexcept {
        return chunks.memory().load(position - word);
    }

    constexpr void write(Chunks& chunks, const region& written, std::size_t above) noexcept {
        const std::size_t distance = above == none ? 0 : above - written.first;
        const std::size_t slack = written.first - descriptor_bytes - written.base;
        const std::size_t bits = 2 * slack + (written.origin == region_origin::source ? 1 : 0);
        chunks.set_word(written.first - 3 * word, written.bytes);
        chunks.set_word(written.first - 2 * word, distance);
        chunks.set_word(written.first - word, encode_meta(written.bytes, distance, bits));
    }

    constexpr void set_after(Chunks& chunks, std::size_t below, std::size_t position) noexcept {
        if (below == none) set_lowest(position);
        else write(chunks, at(chunks, below), position);
    }

    constexpr bool find_hot(const Chunks& chunks, std::size_t address) noexcept {
        const tiled_span found = span_of(chunks, address);
        if (found.bytes == 0) return false;
        make_hot(found);
        return true;
    }

    static constexpr std::size_t near_places_in(std::size_t bytes) noexcept {
        return bytes < Lookahead ? 0 : (bytes - Lookahead) / Chunks::granule + 1;
    }
    constexpr void make_hot(const tiled_span& span) noexcept {
        hot_ = span;
        near_places_ = near_places_in(span.bytes);
    }

    constexpr void set_lowest(std::size_t position) noexcept {
        lowest_ = position;
        lowest_again_ = ~position;
    }

    std::size_t lowest_ = none;
    std::size_t lowest_again_ = ~none;
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
    std::size_t tiled_bytes_ = 0;
    tiled_span hot_{};
    std::size_t near_places_ = 0;
};

}  // namespace detail
}  // namespace allot
