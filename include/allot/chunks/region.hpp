// A region: one span of memory that was given to the heap, and the descriptor that stands in it.
//
//   base                                                                                            end
//    | slack | bytes | lower | upper | check,slack,origin | chunk | ... | top (if free) | fencepost | slack |
//             `----------- descriptor, 4 words ----------'                zero-size, in use
//
// The descriptor sits just below the first chunk, so a region costs five words and what its ends lose to alignment; a heap
// with a source has some words more below those. `lower` and `upper` are distances to other regions (region_list.hpp). The
// check word covers the others, so that a verifier can tell a damaged descriptor before it follows it.
//
// Guarantees: constexpr, O(1).
#pragma once

#include <allot/base/align.hpp>
#include <allot/chunks/chunk.hpp>

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
    not_free,             ///< not a wholly free span at an end of a region
    only_one              ///< the heap takes one region at a time (`one_region`), and has it
};

namespace detail {

/// Who gave a region: what the source gave goes back to it when it has become wholly free.
enum class region_origin : unsigned char { caller, source };

/// A region, decoded.
struct region {
    std::size_t base;
    std::size_t bytes;
    std::size_t first;  ///< the first chunk
    std::size_t fencepost;
    region_origin origin;

    constexpr std::size_t end() const noexcept { return base + bytes; }
    constexpr std::size_t tiled_bytes() const noexcept { return fencepost - first; }
    constexpr bool has_chunk(std::size_t address) const noexcept { return address - first < tiled_bytes(); }
};

/// Where a heap puts its chunks in a span: above `DescriptorBytes` at its low end.
template <class Chunks, std::size_t DescriptorBytes>
class region_layout {
    static constexpr std::size_t word = Chunks::word_bytes;

public:
    static constexpr std::size_t last_address = static_cast<typename Chunks::word_type>(~typename Chunks::word_type{0});

    /// What the heap makes of a span. Pre: `status_of` finds nothing wrong with its size.
    static constexpr region lay_out(std::size_t base, std::size_t bytes, region_origin origin) noexcept {
        const std::size_t first = align_up(base + DescriptorBytes + word, Chunks::granule) - word;
        return {base, bytes, first, align_down(base + bytes, Chunks::granule) - word, origin};
    }

    /// What is wrong with a span in itself: its place, its size, its distance.
    static constexpr region_status status_of(std::size_t base, std::size_t bytes) noexcept {
        constexpr std::size_t least = DescriptorBytes + word + Chunks::min_chunk;
        if (base == none) return region_status::null_base;
        if (bytes < least) return region_status::too_small;
        if (base > last_address || bytes - 1 > last_address - base || base + bytes == 0) {
            return region_status::wraps_address_space;
        }
        const region laid = lay_out(base, bytes, region_origin::caller);
        if (laid.fencepost < laid.first || laid.tiled_bytes() < Chunks::min_chunk) return region_status::too_small;
        return region_status::ok;
    }
};

/// The words of descriptors: `ExtraWords` of them are others' to keep, below the four.
template <class Chunks, std::size_t ExtraWords>
class region_descriptor : public region_layout<Chunks, (4 + ExtraWords) * Chunks::word_bytes> {
    static constexpr std::size_t word = Chunks::word_bytes;
    using layout = region_layout<Chunks, (4 + ExtraWords) * word>;

public:
    using layout::last_address;
    using layout::lay_out;
    static constexpr std::size_t bytes = (4 + ExtraWords) * word;
    enum class side : unsigned char { upper = 2, lower = 3 };  ///< words below the first chunk

    static constexpr region at(const Chunks& chunks, std::size_t position) noexcept {
        const std::size_t bits = meta_of(chunks, position) & meta_mask;
        return lay_out(base_of(chunks, position), span_at(chunks, position),
                       bits % 2 == 0 ? region_origin::caller : region_origin::source);
    }
    static constexpr std::size_t base_of(const Chunks& chunks, std::size_t position) noexcept {
        return position - bytes - (meta_of(chunks, position) & meta_mask) / 2;
    }

    /// True if the descriptor at `position` is as it was written.
    static constexpr bool is_sound(const Chunks& chunks, std::size_t position) noexcept {
        return meta_of(chunks, position) == encode_meta(chunks, position, meta_of(chunks, position) & meta_mask);
    }

    static constexpr std::size_t link(const Chunks& chunks, std::size_t position, side which) noexcept {
        const std::size_t distance = load(chunks, position, static_cast<std::size_t>(which));
        return distance == 0 ? none : (position + distance) & last_address;
    }
    static constexpr void set_link(Chunks& chunks, std::size_t position, side which, std::size_t to) noexcept {
        store(chunks, position, static_cast<std::size_t>(which), to == none ? 0 : to - position);
        set_meta(chunks, position, meta_of(chunks, position) & meta_mask);
    }

    /// Makes a region end elsewhere.
    static constexpr void set_span(Chunks& chunks, std::size_t position, std::size_t span_bytes) noexcept {
        store(chunks, position, 4, span_bytes);
        set_meta(chunks, position, meta_of(chunks, position) & meta_mask);
    }

    /// A descriptor without links; extra words are 0.
    static constexpr void write(Chunks& chunks, const region& written) noexcept {
        for (std::size_t below = 2; below <= 4 + ExtraWords; ++below) store(chunks, written.first, below, 0);
        store(chunks, written.first, 4, written.bytes);
        const std::size_t slack = written.first - bytes - written.base;
        set_meta(chunks, written.first, 2 * slack + (written.origin == region_origin::source ? 1 : 0));
    }

    static constexpr std::size_t extra(const Chunks& chunks, std::size_t position, std::size_t index) noexcept {
        return load(chunks, position, 5 + index);
    }
    static constexpr void set_extra(Chunks& chunks, std::size_t position, std::size_t index,
                                    std::size_t value) noexcept {
        store(chunks, position, 5 + index, value);
    }

private:
    static constexpr std::size_t meta_mask = 2 * Chunks::granule - 1;  // slack below the descriptor, twice, plus origin

    static constexpr std::size_t load(const Chunks& chunks, std::size_t position, std::size_t words_below) noexcept {
        return chunks.memory().load(position - words_below * word);
    }
    static constexpr void store(Chunks& chunks, std::size_t position, std::size_t words_below,
                                std::size_t value) noexcept {
        chunks.set_word(position - words_below * word, value);
    }

    static constexpr std::size_t span_at(const Chunks& chunks, std::size_t position) noexcept {
        return load(chunks, position, 4);
    }
    static constexpr std::size_t meta_of(const Chunks& chunks, std::size_t position) noexcept {
        return load(chunks, position, 1);
    }

    static constexpr std::size_t encode_meta(const Chunks& chunks, std::size_t position, std::size_t bits) noexcept {
        const std::size_t lower = load(chunks, position, 3) * 0x9E3779B1u;
        const std::size_t upper = load(chunks, position, 2) * 0xC2B2AE35u;
        const std::size_t mixed =
            (span_at(chunks, position) ^ lower ^ upper ^ bits ^ 0x27D4EB2Fu) * 0x85EBCA6Bu;  // zeros are not sound
        return ((mixed & ~meta_mask) | bits) & last_address;
    }
    static constexpr void set_meta(Chunks& chunks, std::size_t position, std::size_t bits) noexcept {
        store(chunks, position, 1, encode_meta(chunks, position, bits));
    }
};

/// Making a region the hot one. `Lookahead`: how far above the start of a chunk the hot starts let a caller read without asking
/// (chunk.hpp).
template <class Chunks, std::size_t Lookahead>
class hot_region {
public:
    static constexpr bool are_hot_starts_sound(const Chunks& chunks) noexcept {
        return chunks.hot_starts() == starts_in(chunks.hot().bytes);
    }
    static constexpr void make_hot(Chunks& chunks, const tiled_span& span) noexcept {
        chunks.make_hot(span, starts_in(span.bytes));
    }

private:
    static constexpr std::size_t starts_in(std::size_t bytes) noexcept {
        return bytes < Lookahead ? 0 : (bytes - Lookahead) / Chunks::granule + 1;
    }
};

}  // namespace detail
}  // namespace allot
