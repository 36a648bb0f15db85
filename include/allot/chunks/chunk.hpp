// The chunk: what a region is tiled with, and how its words are read and written.
//
//             in use                          free                        free, minimal (compact links)
//         +--------------------+          +--------------------+          +--------------------+
//  chunk->| chunk size | flags |  header  | chunk size | flags |          | chunk size | flags |
//         +--------------------+          +--------------------+          +--------------------+
// payload>| the caller's bytes |          | next free          |  links   | next free | prev   |
//         |                    |          | prev free          |          +--------------------+
//         |                    |          |        ...         |   next ->| chunk size | flags |
//         |                    |          | chunk size         |  footer  +--------------------+
//         +--------------------+          +--------------------+
//  next ->| chunk size | flags |          | chunk size | flags |
//
// Three facts, and the rest is their consequence: a footer exists only while its chunk is free, so an allocation
// costs one word; the prev-in-use flag of a header says whether the word below it is a footer, and only then may it
// be read; free chunks never touch. A minimal chunk of two words has no room for a footer: a flag in the header above
// it says that it is there. (Boundary tags: Knuth, TAOCP 1, 2.5; the one-word form: Doug Lea's dlmalloc.)
//
// Guarantees: constexpr over any Memory; every function is O(1); nothing is checked here.
#pragma once

#include <allot/base/align.hpp>
#include <allot/base/bits.hpp>
#include <allot/chunks/size.hpp>

#include <bit>
#include <cstddef>
#include <type_traits>

namespace allot {

/// How the links of a free chunk are kept.
enum class links : unsigned char {
    word,    ///< two words, each an address: any region anywhere
    compact  ///< two half-words, each an offset in granules: two-word chunks on 64-bit, regions within 2^32 granules
};

namespace detail {

/// Turns request sizes into chunk sizes. Every overflow of the library is decided here.
template <std::size_t Granule, std::size_t MinChunk, std::size_t WordBytes, std::size_t Largest>
struct request_sizes {
    static constexpr std::size_t max_request = Largest - WordBytes;

    /// The chunk size that has room for `request_size` bytes: header included, a multiple of the granule, at least the
    /// minimum. 0 if the request exceeds `max_request`: no chunk has that size.
    static constexpr std::size_t chunk_size_for(std::size_t request_size) noexcept {
        if (request_size > max_request) [[unlikely]]
            return 0;
        const std::size_t chunk_size = (request_size + (WordBytes + Granule - 1)) & ~(Granule - 1);
        return chunk_size < MinChunk ? MinChunk : chunk_size;
    }
};

/// Reads and writes the chunks of one heap. Holds the Memory, which region was used last and, for compact links, the address
/// they count from.
template <class Memory, std::size_t Granule, links Links>
class chunk_access {
public:
    static constexpr bool is_compact = Links == links::compact;
    using memory_type = Memory;
    using word_type = typename Memory::word;
    using link = std::conditional_t<is_compact, typename Memory::half, word_type>;

    static constexpr std::size_t granule = Granule;
    static constexpr std::size_t word_bytes = sizeof(typename Memory::word);
    static constexpr bool has_minimal = is_compact && word_bytes == 8 && Granule == 2 * word_bytes;
    static constexpr std::size_t min_chunk = has_minimal ? Granule : align_up(4 * word_bytes, Granule);

    static constexpr std::size_t in_use = 1;                          // this chunk belongs to a caller, or is cached
    static constexpr std::size_t prev_in_use = 2;                     // so does its lower neighbour
    static constexpr std::size_t cached = Granule >= 8 ? 4 : 0;       // freed, but not yet coalesced; in_use stays set
    static constexpr std::size_t prev_minimal = has_minimal ? 8 : 0;  // the lower neighbour is free and minimal
    static constexpr std::size_t prev_flags = prev_in_use | prev_minimal;
    static constexpr std::size_t flag_mask = Granule - 1;
    static constexpr int granule_bits = static_cast<int>(highest_bit_by_halving(Granule));

    static constexpr link no_link = 0;
    static constexpr std::size_t link_limit = static_cast<link>(~link{0});
    static constexpr std::size_t reserved_links = 2048;  // compact link values below this lead to no chunk

    constexpr chunk_access() = default;
    constexpr explicit chunk_access(Memory memory) : memory_(memory) {}

    constexpr Memory& memory() noexcept { return memory_; }
    constexpr const Memory& memory() const noexcept { return memory_; }

    constexpr void set_word(std::size_t address, std::size_t value) noexcept {
        memory_.store(address, static_cast<word_type>(value));
    }

    // --- the region used last ------------------------------------------------------------------------------------

    constexpr const tiled_span& hot() const noexcept { return hot_; }
    constexpr std::size_t hot_starts() const noexcept { return hot_starts_; }

    /// Makes a region the hot one; chunks that may be looked at without asking start at its first `starts` granules.
    constexpr void make_hot(const tiled_span& region, std::size_t starts) noexcept {
        hot_ = region;
        hot_starts_ = starts;
    }

    /// True if a chunk may start at `address`, in the hot region, so that a small one ends in it. One comparison: rotated by 4
    /// bits, 0x20 is 2 granules, and 0x28 is more than there can be.
    ALLOT_INLINE constexpr bool may_start_in_hot(std::size_t address) const noexcept {
        return std::rotr(address - hot_.first, granule_bits) < hot_starts_;
    }

    // --- headers -------------------------------------------------------------------------------------------------

    static constexpr std::size_t payload_of(std::size_t chunk) noexcept { return chunk + word_bytes; }
    static constexpr std::size_t chunk_of(std::size_t payload) noexcept { return payload - word_bytes; }

    constexpr std::size_t header_of(std::size_t chunk) const noexcept { return memory_.load(chunk); }
    constexpr void set_header(std::size_t chunk, std::size_t header) noexcept { set_word(chunk, header); }

    /// The header of a chunk whose owner reads it without the lock: the flags of the lower neighbour may be changing.
    constexpr std::size_t header_seen(std::size_t chunk) const noexcept { return memory_.load_shared(chunk); }

    static constexpr std::size_t size_in(std::size_t header) noexcept { return header & ~flag_mask; }
    constexpr std::size_t size_of(std::size_t chunk) const noexcept { return size_in(header_of(chunk)); }
    constexpr bool is_in_use(std::size_t chunk) const noexcept { return (header_of(chunk) & in_use) != 0; }
    constexpr bool is_prev_in_use(std::size_t chunk) const noexcept { return (header_of(chunk) & prev_in_use) != 0; }
    constexpr bool is_fencepost(std::size_t chunk) const noexcept { return size_of(chunk) == 0; }

    /// The size of a chunk in use of which no other flag is set but that the lower neighbour is in use too. With any other flags it
    /// is no multiple of the granule, and so the size of no chunk: 0x43 gives 0x40, but 0x47 (cached) gives 0x44.
    static constexpr std::size_t size_if_plain(std::size_t header) noexcept { return header ^ (in_use | prev_in_use); }

    /// The same where nothing is asked of the lower neighbour: 0x43 and 0x41 give 0x40, 0x42 (free) gives 0x41.
    static constexpr std::size_t size_if_in_use(std::size_t header) noexcept {
        return (header | prev_flags) ^ (in_use | prev_flags);
    }

    /// True for what lies under a null payload: no chunk.
    static constexpr bool is_under_null(std::size_t chunk) noexcept { return chunk == chunk_of(none); }

    /// True if a chunk lies below another one, or there is no other: `none` minus one is above all, 0x1000 - 1 < 0 - 1.
    static constexpr bool is_below_or_first(std::size_t chunk, std::size_t other) noexcept {
        return chunk - 1 < other - 1;
    }

    constexpr std::size_t footer_of(std::size_t chunk, std::size_t size) const noexcept {
        return memory_.load(chunk + size - word_bytes);
    }

    // --- neighbours ----------------------------------------------------------------------------------------------

    /// The chunk just above. Pre: `chunk` is not a fencepost.
    constexpr std::size_t next_of(std::size_t chunk) const noexcept { return chunk + size_of(chunk); }

    /// The size of the chunk just below. Pre: its header says that it is free.
    constexpr std::size_t prev_size_of(std::size_t chunk) const noexcept {
        if (has_minimal && (header_of(chunk) & prev_minimal) != 0) return min_chunk;
        return memory_.load(chunk - word_bytes);
    }

    // --- states --------------------------------------------------------------------------------------------------

    /// Makes [chunk, chunk + size) one chunk in use and tells its next neighbour. Keeps what is known of the lower one.
    constexpr void mark_in_use(std::size_t chunk, std::size_t size) noexcept {
        set_header(chunk, size | (header_of(chunk) & prev_flags) | in_use);
        mark_prev_in_use(chunk + size);
    }

    /// Tells a chunk that its lower neighbour is in use.
    constexpr void mark_prev_in_use(std::size_t chunk) noexcept {
        set_header(chunk, (header_of(chunk) & ~prev_minimal) | prev_in_use);
    }

    /// Makes [chunk, chunk + size) one free chunk whose lower neighbour is in use, and tells its next neighbour.
    constexpr void mark_free(std::size_t chunk, std::size_t size) noexcept {
        write_free(chunk, size);
        const std::size_t next = chunk + size;
        const std::size_t minimal = size == min_chunk ? prev_minimal : 0;
        set_header(next, (header_of(next) & ~prev_flags) | minimal);
    }

    /// The part of `mark_free` below the next neighbour, which knows already that a larger chunk here is free.
    constexpr void write_free(std::size_t chunk, std::size_t size) noexcept {
        set_header(chunk, size | prev_in_use);
        if (!has_minimal || size != min_chunk) set_word(chunk + size - word_bytes, size);
    }

    /// Makes a header that was swallowed by a larger chunk read as free, so that a stale pointer to it is recognised.
    constexpr void wipe(std::size_t chunk) noexcept { set_header(chunk, 0); }

    /// Marks a chunk in use as cached, in front of the chunk that `next` leads to.
    constexpr void mark_cached(std::size_t chunk, std::size_t header, link next) noexcept {
        memory_.store(chunk, static_cast<word_type>(header | cached));
        memory_.store(chunk + word_bytes, static_cast<word_type>(next));
    }

    /// Makes a cached chunk one that a caller owns. Returns the link to the next one.
    constexpr link unmark_cached(std::size_t chunk, std::size_t header) noexcept {
        memory_.store(chunk, static_cast<word_type>(header & ~cached));
        return static_cast<link>(memory_.load(chunk + word_bytes));
    }

    // --- links ---------------------------------------------------------------------------------------------------

    /// Compact links count granules from here. Pre: called while no chunk is free, or when all links were shifted for it.
    constexpr void set_origin(std::size_t origin) noexcept { origin_.value = origin; }
    constexpr std::size_t origin() const noexcept { return origin_.value; }

    /// A link that counts `granules` more, modulo its width, if it leads to a chunk.
    static constexpr link shifted(link to, link granules) noexcept {
        return to < reserved_links ? to : static_cast<link>(to + granules);
    }

    /// True if every chunk in [first, last] has a link of its own.
    constexpr bool is_in_reach(std::size_t first, std::size_t last) const noexcept {
        if constexpr (!is_compact) return first <= last;
        else
            return link_number(first) >= reserved_links && link_number(first) <= link_number(last) &&
                   link_number(last) <= link_limit;
    }

    constexpr link link_to(std::size_t chunk) const noexcept {
        if constexpr (is_compact) return static_cast<link>(link_number(chunk));
        else return static_cast<link>(chunk);
    }
    constexpr std::size_t chunk_at(link to) const noexcept {
        if constexpr (is_compact) return origin_.value + std::size_t{to} * Granule;
        else return to;
    }

    constexpr link next_free(std::size_t chunk) const noexcept {
        if constexpr (is_compact) return memory_.load_low(chunk + word_bytes);
        else return memory_.load(chunk + word_bytes);
    }
    constexpr link prev_free(std::size_t chunk) const noexcept {
        if constexpr (is_compact) return memory_.load_high(chunk + word_bytes);
        else return memory_.load(chunk + 2 * word_bytes);
    }
    constexpr void set_next_free(std::size_t chunk, link next) noexcept {
        if constexpr (is_compact) memory_.store_low(chunk + word_bytes, next);
        else memory_.store(chunk + word_bytes, next);
    }
    constexpr void set_prev_free(std::size_t chunk, link prev) noexcept {
        if constexpr (is_compact) memory_.store_high(chunk + word_bytes, prev);
        else memory_.store(chunk + 2 * word_bytes, prev);
    }
    /// The one link of a cached chunk.
    constexpr link next_cached(std::size_t chunk) const noexcept {
        return static_cast<link>(memory_.load(chunk + word_bytes));
    }
    constexpr void set_next_cached(std::size_t chunk, link next) noexcept { set_word(chunk + word_bytes, next); }

    /// The mark of a chunk that waits in a lane, beside its one link. Its owner's bytes may be the same by chance.
    constexpr void mark_waiting(std::size_t chunk) noexcept { set_prev_free(chunk, waiting_mark_of(chunk)); }
    constexpr void unmark_waiting(std::size_t chunk) noexcept { set_prev_free(chunk, no_link); }
    constexpr bool is_marked_waiting(std::size_t chunk) const noexcept {
        return prev_free(chunk) == waiting_mark_of(chunk);
    }

    /// Writes both links at once, over whatever the payload left there.
    constexpr void set_links(std::size_t chunk, link next, link prev) noexcept {
        if constexpr (is_compact) return set_word(chunk + word_bytes, std::size_t{prev} << (sizeof(link) * 8) | next);
        set_word(chunk + word_bytes, next);
        set_word(chunk + 2 * word_bytes, prev);
    }

private:
    static constexpr link waiting_mark_of(std::size_t chunk) noexcept { return static_cast<link>(~chunk); }

    constexpr std::size_t link_number(std::size_t chunk) const noexcept { return (chunk - origin_.value) / Granule; }

    struct counted_origin {
        std::size_t value = 0;
    };
    struct no_origin {};

    tiled_span hot_{};
    std::size_t hot_starts_ = 0;
    [[no_unique_address]] Memory memory_{};
    [[no_unique_address]] std::conditional_t<is_compact, counted_origin, no_origin> origin_{};
};

}  // namespace detail
}  // namespace allot
