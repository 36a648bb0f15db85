// Which large free chunks the source may have the contents of, while the heap keeps them.
//
//     [ header links mark | page | page | ... | page | footer ]         only whole pages in between; the mark says: done already
//
// By bytes that came back, not by time: after as many as are kept anyhow (`keep_free_bytes`), the largest free chunks are looked
// at, but for so many bytes of them as a heap that goes down and up again is likely to use soon (breath.hpp). Where that were too
// many to look at, it goes on after another MiB came back. What lies above the mark of a zeroed source's region was never written
// and needs no purging.
//
// Guarantees: constexpr; a look that is due is bounded; it reads and writes nothing but the first words of free chunks.
#pragma once

#include <allot/free/free_index.hpp>

#include <cstddef>

namespace allot::detail {

/// How many chunks a look takes into account.
struct purge_limits {
    std::size_t fresh;
    std::size_t marked;  ///< that were purged before
};
inline constexpr purge_limits some_to_purge{64, 1024};
inline constexpr purge_limits all_to_purge{~std::size_t{0}, ~std::size_t{0}};

template <class Index>
class purge {
    using chunks_type = typename Index::chunks_type;

public:
    static constexpr std::size_t least_chunk = 65536;

    /// To be told of all bytes that come back.
    constexpr void gave_back(std::size_t bytes) noexcept { bytes_ += bytes; }

    constexpr bool is_due(const Index& index) const noexcept {
        return bytes_ >= least_step && (has_more_ != 0 || bytes_ >= index.account().kept_of_given());
    }

    /// Calls `visit(base, bytes)` for what may be purged now, but for `spare` bytes: the top goes first, which is used last, and of a
    /// chunk its upper end. O(chunks within the limits).
    template <class Visit>
    constexpr void run(Index& index, chunks_type& chunks, std::size_t spare, purge_limits most,
                       Visit&& visit) noexcept {
        bytes_ = 0;
        std::size_t found = 0;
        const auto add_up = [&](std::size_t, std::size_t bytes) { found += bytes; };
        has_more_ = for_each_written(index, chunks, most, add_up) ? 0 : 1;
        if (has_more_ != 0) spare = 0;  // there is enough of it among the others
        std::size_t excess = found > spare ? found - spare : 0;
        for_each_written(index, chunks, most, [&](std::size_t chunk, std::size_t bytes) {
            const std::size_t purged = lower(bytes, excess);
            excess -= purged;
            if (purged == bytes) chunks.set_word(mark_in(chunk), mark_for(chunks.size_of(chunk)));
            const std::size_t first_words_end = mark_in(chunk) + chunks_type::word_bytes;
            const std::size_t end = align_down(chunk + bytes, page);
            const std::size_t base = align_up(higher(first_words_end, chunk + bytes - purged), page);
            if (base < end) visit(base, end - base);
        });
    }

private:
    static constexpr std::size_t least_step = std::size_t{1} << 20;
    static constexpr std::size_t page =
        Index::returnable_type::granularity < 4096 ? 4096 : Index::returnable_type::granularity;

    /// Calls `visit(chunk, bytes)` for large free chunks that were not purged yet, with how much of them may have been written. False:
    /// there may be more of them.
    template <class Visit>
    static constexpr bool for_each_written(Index& index, chunks_type& chunks, purge_limits left,
                                           Visit&& visit) noexcept {
        bool has_seen_all = true;
        const auto look_at = [&](std::size_t chunk) {
            const std::size_t size = chunks.size_of(chunk);
            if (size < least_chunk) return false;
            const bool is_marked = chunks.memory().load(mark_in(chunk)) == mark_for(size);
            std::size_t& looks = is_marked ? left.marked : left.fresh;
            has_seen_all = looks != 0;
            if (looks-- == 0) return false;
            if (is_marked) return true;
            const std::size_t home = index.regions().home_of(chunks, chunk);
            if (index.regions().at(chunks, home).origin != region_origin::source) return true;
            const std::size_t end = lower(chunk + size - chunks_type::word_bytes, written_end(index, chunks, home));
            if (end > chunk) visit(chunk, end - chunk);
            return true;
        };
        for (const std::size_t chunk : {index.top().chunk, index.remainder().chunk})
            if (chunk != none) look_at(chunk);
        index.binned().for_largest(chunks, look_at);
        return has_seen_all;
    }

    /// Where the part of a region ends that may have been written.
    static constexpr std::size_t written_end(const Index& index, const chunks_type& chunks, std::size_t home) noexcept {
        if constexpr (Index::gives_zeroed) return index.fresh_mark_of(chunks, home);
        else return ~std::size_t{0};
    }

    static constexpr std::size_t lower(std::size_t a, std::size_t b) noexcept { return a < b ? a : b; }
    static constexpr std::size_t higher(std::size_t a, std::size_t b) noexcept { return a > b ? a : b; }

    static constexpr std::size_t mark_in(std::size_t chunk) noexcept { return chunk + 3 * chunks_type::word_bytes; }

    /// Nothing but speed depends on it: a payload that left the same word there is purged later.
    static constexpr typename chunks_type::word_type mark_for(std::size_t size) noexcept {
        return static_cast<typename chunks_type::word_type>(~size);
    }

    std::size_t bytes_ = 0;
    unsigned has_more_ = 0;  // not bool: a damaged one must still be a value
};

/// For a source that does not purge.
struct no_purge {
    static constexpr void gave_back(std::size_t /*bytes*/) noexcept {}
    template <class Index>
    static constexpr bool is_due(const Index& /*index*/) noexcept {
        return false;
    }
};

}  // namespace allot::detail
