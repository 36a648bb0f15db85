// Which large free chunks the source may have the contents of, while the heap keeps them.
//
//     [ header links mark | page | page | ... | page | footer ]         only whole pages in between; the mark says: done already
//
// By bytes that came back, not by time: after as many as are kept anyhow (`keep_free_bytes`), the largest free chunks are looked
// at once, but for so many bytes of them as a heap that goes down and up again is likely to use soon (breath.hpp). What lies above
// the mark of a zeroed source's region was never written and needs no purging.
//
// Guarantees: constexpr; a look is bounded and reads and writes nothing but the first words of free chunks.
#pragma once

#include <allot/free/free_index.hpp>

#include <cstddef>

namespace allot::detail {

template <class Index>
class purge {
    using chunks_type = typename Index::chunks_type;

public:
    static constexpr std::size_t least_chunk = 65536;

    /// To be told of all bytes that come back.
    constexpr void gave_back(std::size_t bytes) noexcept { bytes_ += bytes; }

    constexpr bool is_due(const Index& index) const noexcept {
        return bytes_ >= least_step && bytes_ >= index.account().kept_of_given();
    }

    /// Calls `visit(base, bytes)` for what may be purged now, but for `spare` bytes: the top goes first, which is used last, and of a
    /// chunk its upper end. The top and at most `most_looks` other chunks are looked at, twice.
    template <class Visit>
    constexpr void run(Index& index, chunks_type& chunks, std::size_t spare, Visit&& visit) noexcept {
        bytes_ = 0;
        std::size_t found = 0;
        for_each_written(index, chunks, [&](std::size_t, std::size_t bytes) { found += bytes; });
        std::size_t excess = found > spare ? found - spare : 0;
        for_each_written(index, chunks, [&](std::size_t chunk, std::size_t bytes) {
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
    static constexpr std::size_t most_looks = 64;
    static constexpr std::size_t least_step = std::size_t{1} << 20;
    static constexpr std::size_t page =
        Index::returnable_type::granularity < 4096 ? 4096 : Index::returnable_type::granularity;

    /// Calls `visit(chunk, bytes)` for large free chunks that were not purged yet, with how much of them may have been written.
    template <class Visit>
    static constexpr void for_each_written(Index& index, chunks_type& chunks, Visit&& visit) noexcept {
        const auto look_at = [&](std::size_t chunk) {
            const std::size_t size = chunks.size_of(chunk);
            if (size < least_chunk) return false;
            if (chunks.memory().load(mark_in(chunk)) == mark_for(size)) return true;
            const std::size_t home = index.regions().home_of(chunks, chunk);
            if (index.regions().at(chunks, home).origin != region_origin::source) return true;
            const std::size_t end = lower(chunk + size - chunks_type::word_bytes, written_end(index, chunks, home));
            if (end > chunk) visit(chunk, end - chunk);
            return true;
        };
        if (index.top().chunk != none) look_at(index.top().chunk);
        index.binned().for_largest(chunks, most_looks, look_at);
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
