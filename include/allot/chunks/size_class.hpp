// From a chunk size to a bin.
//
//   chunk size   0   16   32  ...  1008 | 1024  1088  ...  1984 | 2048  2176 ... | ...  largest
//   bin          0    1    2  ...    63 |   64    65  ...    79 |   80    81 ... |
//                one size a bin         | Subdivision bins a doubling
//
// Bins below `ExactLimit` hold one size each; above it every doubling is cut into `Subdivision` equal bins.
// (Segregated fit with two levels: Masmano et al., TLSF, ECRTS 2004; the exact small bins: dlmalloc.)
//
// Guarantees: constexpr, O(1); the static_asserts at the end prove the table for the default shape.
#pragma once

#include <allot/base/bits.hpp>

#include <cstddef>

namespace allot::detail {

/// The shape of the bins. `ExactLimit`, `Subdivision` and `Granule` are powers of two; `Largest` a multiple of `Granule`.
template <std::size_t Granule, std::size_t ExactLimit, std::size_t Subdivision, std::size_t Largest>
struct size_classes {
    static constexpr std::size_t largest = Largest;
    static constexpr std::size_t exact_bins = ExactLimit / Granule;
    static constexpr unsigned exact_limit_bit = highest_bit(ExactLimit);
    static constexpr unsigned subdivision_bits = highest_bit(Subdivision);

    static constexpr bool is_exact(std::size_t chunk_size) noexcept { return chunk_size < ExactLimit; }

    /// The bin whose range holds `chunk_size`. Pre: a multiple of the granule, at most `Largest`.
    static constexpr std::size_t bin_of(std::size_t chunk_size) noexcept {
        return is_exact(chunk_size) ? chunk_size / Granule : coarse_bin_of(chunk_size);
    }

    /// The same for a size that shares its bin with others.
    static constexpr std::size_t coarse_bin_of(std::size_t chunk_size) noexcept {
        const unsigned top_bit = highest_bit(chunk_size);
        const std::size_t doubling = top_bit - exact_limit_bit;
        return exact_bins - Subdivision + doubling * Subdivision + (chunk_size >> (top_bit - subdivision_bits));
    }

    /// The first bin all of whose chunks are at least `chunk_size`; may be `bin_count`, which no chunk is in.
    static constexpr std::size_t sure_bin_of(std::size_t chunk_size) noexcept {
        if (is_exact(chunk_size)) return chunk_size / Granule;
        const std::size_t bin_width = std::size_t{1} << (highest_bit(chunk_size) - subdivision_bits);
        const std::size_t rounded = chunk_size + (bin_width - 1);
        return rounded < chunk_size ? bin_count : bin_of(rounded);
    }

    /// The smallest chunk size of a bin: the inverse of `bin_of`.
    static constexpr std::size_t least_in(std::size_t bin) noexcept {
        if (bin < exact_bins) return bin * Granule;
        const std::size_t doubling = (bin - exact_bins) / Subdivision;
        const std::size_t part = (bin - exact_bins) % Subdivision;
        return (Subdivision + part) << (exact_limit_bit - subdivision_bits + doubling);
    }

    static constexpr std::size_t bin_count = bin_of(Largest) + 1;
};

using shape_of_the_picture = size_classes<16, 1024, 16, std::size_t{1} << 31>;
static_assert(shape_of_the_picture::bin_of(16) == 1 && shape_of_the_picture::bin_of(1008) == 63);
static_assert(shape_of_the_picture::bin_of(1024) == 64 && shape_of_the_picture::bin_of(1072) == 64);
static_assert(shape_of_the_picture::bin_of(1088) == 65 && shape_of_the_picture::bin_of(2048) == 80);
static_assert(shape_of_the_picture::least_in(63) == 1008 && shape_of_the_picture::least_in(64) == 1024);
static_assert(shape_of_the_picture::least_in(65) == 1088 && shape_of_the_picture::least_in(81) == 2176);
static_assert(shape_of_the_picture::sure_bin_of(1024) == 64 && shape_of_the_picture::sure_bin_of(1040) == 65);

}  // namespace allot::detail
