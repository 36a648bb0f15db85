// Which part of a region of a zeroed source was never written: all above one mark.
//
//     base                                   mark                                end
//      | descriptor | chunk | chunk | top ... | zero, as the source gave it ... [footer] fencepost |
//
// The mark stands in the descriptor, as a distance from the first chunk. It rises whenever a chunk is taken from beyond it, past
// the header and the links of what is left behind that chunk. The one word above the mark that the heap writes is the footer of
// the free chunk below the fencepost.
//
// Guarantees: constexpr, O(1) in the region used last, else O(log regions).
#pragma once

#include <allot/chunks/region_list.hpp>

#include <cstddef>

namespace allot::detail {

template <class Chunks, class Regions, std::size_t Word>
class fresh_memory {
public:
    /// Where the never written part of a region begins.
    static constexpr std::size_t mark_of(const Chunks& chunks, std::size_t position) noexcept {
        const std::size_t distance = Regions::extra(chunks, position, Word);
        return position + (distance < written_at_start ? written_at_start : distance);
    }

    /// To be called when a chunk that ends at `end` is taken from the region at `position`.
    constexpr void took(Chunks& chunks, std::size_t position, std::size_t end) noexcept {
        complement_of_before_ = ~mark_of(chunks, position);
        raise(chunks, position, end - position + written_at_start);
    }

    /// Says that a region is fresh from `mark` on at the most.
    static constexpr void limit(Chunks& chunks, std::size_t position, std::size_t mark) noexcept {
        if (mark > position) raise(chunks, position, mark - position);
    }

    /// Where the region of the chunk that was taken last was fresh before that; the last address after `forget`.
    constexpr std::size_t before() const noexcept { return ~complement_of_before_; }
    constexpr void forget() noexcept { complement_of_before_ = 0; }

private:
    static constexpr std::size_t written_at_start =
        4 * Chunks::word_bytes;  // header, links, and the mark of a purged chunk

    static constexpr void raise(Chunks& chunks, std::size_t position, std::size_t distance) noexcept {
        if (Regions::extra(chunks, position, Word) < distance) Regions::set_extra(chunks, position, Word, distance);
    }

    std::size_t complement_of_before_ = 0;  // a heap starts as zeros
};

}  // namespace allot::detail
