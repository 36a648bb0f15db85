// Which large free chunks the source may have the contents of, while the heap keeps them.
//
//     [ header links mark | page | page | ... | page | footer ]         only whole pages in between; the mark says: done already
//
// By bytes that came back, not by time: after as many as are kept anyhow (`keep_free_bytes`), the largest free chunks are looked
// at once. What is written above the mark of a zeroed source's region was never touched and needs no purging.
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

    /// Calls `visit(base, bytes)` for what may be purged now. At most `most_looks` chunks are looked at.
    template <class Visit>
    constexpr void run(Index& index, chunks_type& chunks, Visit&& visit) noexcept {
        bytes_ = 0;
        if (index.top().chunk != none) look_at(index, chunks, index.top().chunk, visit);
        index.binned().for_largest(chunks, most_looks, [&](std::size_t chunk) {
            look_at(index, chunks, chunk, visit);
            return chunks.size_of(chunk) >= least_chunk;
        });
    }

private:
    static constexpr std::size_t most_looks = 64;
    static constexpr std::size_t least_step = std::size_t{1} << 20;
    static constexpr std::size_t page =
        Index::returnable_type::granularity < 4096 ? 4096 : Index::returnable_type::granularity;

    template <class Visit>
    static constexpr void look_at(Index& index, chunks_type& chunks, std::size_t chunk, Visit& visit) noexcept {
        const std::size_t size = chunks.size_of(chunk);
        const std::size_t mark = chunk + 3 * chunks_type::word_bytes;
        if (size < least_chunk || chunks.memory().load(mark) == mark_for(size)) return;
        const std::size_t home = index.regions().home_of(chunks, chunk);
        if (index.regions().at(chunks, home).origin != region_origin::source) return;
        chunks.set_word(mark, mark_for(size));
        const std::size_t end = lower(chunk + size - chunks_type::word_bytes, written_end(index, chunks, home));
        const std::size_t base = align_up(mark + chunks_type::word_bytes, page);
        if (end > base && end - base >= page) visit(base, align_down(end - base, page));
    }

    /// Where the part of a region ends that may have been written.
    static constexpr std::size_t written_end(const Index& index, const chunks_type& chunks, std::size_t home) noexcept {
        if constexpr (Index::gives_zeroed) return index.fresh_mark_of(chunks, home);
        else return ~std::size_t{0};
    }

    static constexpr std::size_t lower(std::size_t a, std::size_t b) noexcept { return a < b ? a : b; }

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
