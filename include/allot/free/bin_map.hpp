// Which bins are not empty: one bit a bin, and one bit a word of those bits.
//
//   summary   0 1 0 1                        find_from(70):
//                 |  \.                        1. the rest of word 1, from bit 6
//   words     [0][1][2][3]                     2. the summary above bit 1 -> word 3, lowest bit
//
// So few bins that one word has a bit for each need no summary.
//
// Guarantees: constexpr; set, clear, test and find are O(1), three words read at most. Up to word_bits^2 bins.
// (Hierarchical bitmaps for segregated fit: TLSF, ECRTS 2004.)
#pragma once

#include <allot/base/bits.hpp>

#include <cstddef>

namespace allot::detail {

template <std::size_t BinCount>
class bin_map {
    static constexpr std::size_t word_count = (BinCount + word_bits - 1) / word_bits;
    static_assert(word_count <= word_bits, "bin_map: more bins than two levels of words can map");

public:
    constexpr bool is_set(std::size_t bin) const noexcept { return (words_[bin / word_bits] & mask(bin)) != 0; }

    constexpr void set(std::size_t bin) noexcept {
        words_[bin / word_bits] |= mask(bin);
        summary_ |= mask(bin / word_bits);
    }

    constexpr void clear(std::size_t bin) noexcept { clear_if(true, bin); }

    /// Clears the bit of a bin that is now empty. Without a branch: whether it is one can seldom be foreseen.
    ALLOT_INLINE constexpr void clear_if(bool is_empty, std::size_t bin) noexcept {
        const std::size_t left = words_[bin / word_bits] &= ~(static_cast<std::size_t>(is_empty) << (bin % word_bits));
        summary_ &= ~(static_cast<std::size_t>(left == 0) << (bin / word_bits));
    }

    /// The first non-empty bin that is `bin` or above it; `BinCount` if there is none or `bin` is out of range.
    ALLOT_INLINE constexpr std::size_t find_from(std::size_t bin) const noexcept {
        if (bin >= BinCount) return BinCount;
        const std::size_t word = bin / word_bits;
        const std::size_t here = words_[word] & (~std::size_t{0} << (bin % word_bits));
        if (here != 0) return word * word_bits + lowest_bit(here);
        const std::size_t above = summary_ & (~std::size_t{1} << word);
        if (above == 0) return BinCount;
        const std::size_t found = lowest_bit(above);
        return found * word_bits + lowest_bit(words_[found]);
    }

    /// The last non-empty bin; `BinCount` if there is none.
    constexpr std::size_t find_last() const noexcept { return last_in_words(summary_); }

    /// The last non-empty bin below `bin`; `BinCount` if there is none. Pre: `bin` is in range.
    constexpr std::size_t find_below(std::size_t bin) const noexcept {
        const std::size_t word = bin / word_bits;
        const std::size_t here = words_[word] & (mask(bin) - 1);
        return here != 0 ? word * word_bits + highest_bit(here) : last_in_words(summary_ & (mask(word) - 1));
    }

    /// True if the summary says of every word what the word says, and no bit stands for a bin that does not exist.
    constexpr bool is_consistent() const noexcept {
        for (std::size_t word = 0; word < word_count; ++word) {
            if ((words_[word] != 0) != ((summary_ & mask(word)) != 0)) return false;
        }
        return has_no_bit_from(summary_, word_count) &&
               has_no_bit_from(words_[word_count - 1], BinCount - (word_count - 1) * word_bits);
    }

private:
    /// The last bin of the words that a summary names.
    constexpr std::size_t last_in_words(std::size_t summary) const noexcept {
        if (summary == 0) return BinCount;
        const std::size_t word = highest_bit(summary);
        return word * word_bits + highest_bit(words_[word]);
    }

    static constexpr bool has_no_bit_from(std::size_t word, std::size_t bit) noexcept {
        return bit == word_bits || (word >> bit) == 0;
    }

    static constexpr std::size_t mask(std::size_t bit) noexcept { return std::size_t{1} << (bit % word_bits); }

    std::size_t summary_ = 0;
    std::size_t words_[word_count] = {};
};

/// Bins that one word maps.
template <std::size_t BinCount>
requires(BinCount <= word_bits) class bin_map<BinCount> {
public:
    constexpr bool is_set(std::size_t bin) const noexcept { return (bits_ >> bin & 1) != 0; }
    constexpr void set(std::size_t bin) noexcept { bits_ |= std::size_t{1} << bin; }
    constexpr void clear(std::size_t bin) noexcept { clear_if(true, bin); }
    constexpr void clear_if(bool is_empty, std::size_t bin) noexcept {
        bits_ &= ~(static_cast<std::size_t>(is_empty) << bin);
    }

    constexpr std::size_t find_from(std::size_t bin) const noexcept {
        const std::size_t found = bin >= BinCount ? 0 : bits_ >> bin;
        return found == 0 ? BinCount : bin + lowest_bit(found);
    }
    constexpr std::size_t find_last() const noexcept { return bits_ == 0 ? BinCount : highest_bit(bits_); }
    constexpr std::size_t find_below(std::size_t bin) const noexcept {
        const std::size_t found = bits_ & ((std::size_t{1} << bin) - 1);
        return found == 0 ? BinCount : highest_bit(found);
    }

    constexpr bool is_consistent() const noexcept { return BinCount == word_bits || bits_ >> (BinCount - 1) <= 1; }

private:
    std::size_t bits_ = 0;
};

}  // namespace allot::detail
