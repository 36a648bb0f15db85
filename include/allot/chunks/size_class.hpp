// From a chunk size to a bin.
//
//   chunk size   0   16   32  ...  1008 | 1024  1088  ...  1984 | 2048  2176 ... | 16 M  18 M ... | ...  largest
//   bin          0    1    2  ...    63 |   64    65  ...    79 |   80    81 ... |  288   289 ... |
//                one size a bin         | Subdivision bins a doubling            | half as many   |
//
// Bins below `ExactLimit` hold one size each; above it every doubling is cut into `Subdivision` equal bins, and far above it,
// where a bin costs as much and is seldom used, into half as many. How far a size is shifted, and where the bins of its doubling
// begin, stands in a table by its highest bit, so that no branch asks what kind of bin it is. With one bin a doubling there is
// little to look up, and no table.
// (Segregated fit with two levels: Masmano et al., TLSF, ECRTS 2004; the exact small bins: dlmalloc.)
//
// Guarantees: constexpr, O(1); the static_asserts at the end prove the table for the default shape.
#pragma once

#include <allot/base/bits.hpp>

#include <cstddef>
#include <cstdint>

namespace allot::detail {

/// The shape of the bins. `ExactLimit`, `Subdivision` and `Granule` are powers of two; `Largest` a multiple of `Granule`.
template <std::size_t Granule, std::size_t ExactLimit, std::size_t Subdivision, std::size_t Largest>
struct size_classes {
    static constexpr std::size_t largest = Largest;
    static constexpr std::size_t exact_bins = ExactLimit / Granule;

    static constexpr bool is_exact(std::size_t chunk_size) noexcept { return chunk_size < ExactLimit; }

    /// The bin whose range holds `chunk_size`. Pre: a multiple of the granule, at least one, at most `Largest`.
    static constexpr std::size_t bin_of(std::size_t chunk_size) noexcept {
        if constexpr (Subdivision == 1) {
            if (is_exact(chunk_size)) return exact_bin_of(chunk_size);
            return exact_bins + (highest_bit(chunk_size) - exact_limit_bit);
        } else {
            const unsigned top_bit = highest_bit(chunk_size | 1);  // of a number that is not 0, without asking
            return table.first_bin[top_bit] + (chunk_size >> table.shift[top_bit]);
        }
    }

    /// The same for a size that has a bin of its own.
    static constexpr std::size_t exact_bin_of(std::size_t chunk_size) noexcept { return chunk_size / Granule; }

    /// The first bin all of whose chunks are at least `chunk_size`; may be `bin_count`, which no chunk is in.
    static constexpr std::size_t sure_bin_of(std::size_t chunk_size) noexcept {
        const std::size_t rounded = chunk_size + (std::size_t{1} << shift_of(chunk_size)) - 1;
        return rounded < chunk_size ? bin_count : bin_of(rounded);
    }

    /// The smallest chunk size of a bin: the inverse of `bin_of`.
    static constexpr std::size_t least_in(std::size_t bin) noexcept {
        if (bin < exact_bins) return bin * Granule;
        unsigned top_bit = exact_limit_bit;
        while (top_bit != highest_bit(Largest) && bin >= bin_of(std::size_t{2} << top_bit)) ++top_bit;
        return (bin - table.first_bin[top_bit]) << table.shift[top_bit];
    }

private:
    static constexpr unsigned exact_limit_bit = highest_bit(ExactLimit);
    static constexpr unsigned fine_doublings = 14;
    static constexpr unsigned bit_count = highest_bit(Largest) + 1;

    /// The bins of a size are 2 to this power bytes wide.
    static constexpr unsigned shift_of(std::size_t chunk_size) noexcept {
        if constexpr (Subdivision == 1) return highest_bit(is_exact(chunk_size) ? Granule : chunk_size);
        else return table.shift[highest_bit(chunk_size)];
    }

    static constexpr std::size_t bins_of_doubling(unsigned top_bit) noexcept {
        const bool is_coarse = Subdivision > 1 && top_bit >= exact_limit_bit + fine_doublings;
        return is_coarse ? Subdivision / 2 : Subdivision;
    }

    struct by_highest_bit {
        std::uint16_t first_bin[bit_count];  // less what the shift leaves of the highest bit
        std::uint8_t shift[bit_count];
    };

    static constexpr by_highest_bit make_table() noexcept {
        by_highest_bit made{};
        std::size_t bins = exact_bins;
        for (unsigned bit = 0; bit != bit_count; ++bit) {
            made.shift[bit] = static_cast<std::uint8_t>(highest_bit(Granule));
            if (bit < exact_limit_bit) continue;
            const std::size_t of_doubling = bins_of_doubling(bit);
            made.shift[bit] = static_cast<std::uint8_t>(bit - highest_bit(of_doubling));
            made.first_bin[bit] = static_cast<std::uint16_t>(bins - of_doubling);
            bins += of_doubling;
        }
        return made;
    }

    static constexpr by_highest_bit table = make_table();

public:
    static constexpr std::size_t bin_count = bin_of(Largest) + 1;
};

using shape_of_the_picture = size_classes<16, 1024, 16, std::size_t{1} << 31>;
static_assert(shape_of_the_picture::bin_of(16) == 1 && shape_of_the_picture::bin_of(1008) == 63);
static_assert(shape_of_the_picture::bin_of(1024) == 64 && shape_of_the_picture::bin_of(1072) == 64);
static_assert(shape_of_the_picture::bin_of(1088) == 65 && shape_of_the_picture::bin_of(2048) == 80);
static_assert(shape_of_the_picture::bin_of(16 << 20) == 288 && shape_of_the_picture::bin_of((18 << 20) - 16) == 288);
static_assert(shape_of_the_picture::bin_of(18 << 20) == 289 && shape_of_the_picture::bin_of(32 << 20) == 296);
static_assert(shape_of_the_picture::least_in(63) == 1008 && shape_of_the_picture::least_in(64) == 1024);
static_assert(shape_of_the_picture::least_in(65) == 1088 && shape_of_the_picture::least_in(81) == 2176);
static_assert(shape_of_the_picture::least_in(289) == 18 << 20 && shape_of_the_picture::least_in(296) == 32 << 20);
static_assert(shape_of_the_picture::sure_bin_of(1024) == 64 && shape_of_the_picture::sure_bin_of(1040) == 65);

}  // namespace allot::detail
