// What a heap promises of a request, from a picture of its memory: which chunks are in use, and what lies between them.
//
//     [ in use ]..gap..[ in use ][ in use ]....gap....|      a gap: free and cached chunks side by side
//
// A request must be met if a gap is sure to be found for it: every gap, where the search looks at enough of them; else
// one of a bin all of whose chunks fit, or the end of a region that was always the only one: the top of the heap.
#pragma once

#include <allot/allot.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fuzz {

struct stretch {
    std::size_t start = 0;
    std::size_t end = 0;

    std::size_t bytes() const { return end - start; }
    friend bool operator==(const stretch&, const stretch&) = default;
};

struct picture {
    std::vector<stretch> in_use;
    std::vector<stretch> gaps;
    std::size_t end = 0;  ///< of the last chunk
    std::size_t regions = 0;
    bool ends_in_top = false;  ///< a gap at its end is the top of the heap

    std::size_t largest_gap() const {
        std::size_t largest = 0;
        for (const stretch& gap : gaps) largest = std::max(largest, gap.bytes());
        return largest;
    }
};

struct wanted_payload {
    std::size_t bytes;
    std::size_t alignment;
};

/// The numbers of a heap type that its promises hang on.
struct promise {
    std::size_t word;
    std::size_t granule;
    std::size_t min_chunk;
    std::size_t exact_bin_limit;
    std::size_t bin_subdivision;
    std::size_t looks;  ///< how many chunks that could fit are looked at before a request fails

    std::size_t chunk_size_for(std::size_t bytes) const {
        return std::max((bytes + word + granule - 1) / granule * granule, min_chunk);
    }

    /// A chunk that is larger than asked for has less than a chunk too much.
    std::size_t most_for(std::size_t bytes) const { return chunk_size_for(bytes) + min_chunk - granule; }

    bool is_kept(const picture& seen, const wanted_payload& wanted) const {
        const std::size_t size = chunk_size_for(wanted.bytes);
        const std::size_t padded = size + (wanted.alignment <= granule ? 0 : wanted.alignment + min_chunk);
        std::size_t candidates = 0;
        bool fits = false;
        for (const stretch& gap : seen.gaps) {
            if (gap.bytes() >= rounded_up(padded)) return true;
            if (is_top(seen, gap) && fits_in(gap, size, wanted.alignment)) return true;
            if (gap.bytes() >= rounded_down(size)) ++candidates;
            fits = fits || fits_in(gap, size, wanted.alignment);
        }
        return fits && candidates <= looks;
    }

    /// The largest request that must be met; false if there is none.
    bool find_largest(const picture& seen, std::size_t& bytes) const {
        const std::size_t most = seen.largest_gap();
        if (most < min_chunk) return false;
        const wanted_payload all{most - word, granule};
        bytes = is_kept(seen, all) ? all.bytes : rounded_down(most) - word;
        return true;
    }

private:
    bool is_top(const picture& seen, const stretch& gap) const { return seen.ends_in_top && gap.end == seen.end; }

    bool fits_in(const stretch& gap, std::size_t size, std::size_t alignment) const {
        const std::size_t payload = gap.start + word;
        std::size_t lead = (alignment - payload % alignment) % alignment;
        while (lead != 0 && lead < min_chunk) lead += alignment;
        return lead <= gap.bytes() && size <= gap.bytes() - lead;
    }

    std::size_t bin_width(std::size_t size) const {
        return size < exact_bin_limit ? 1 : std::bit_floor(size) / bin_subdivision;
    }
    std::size_t rounded_down(std::size_t size) const { return size / bin_width(size) * bin_width(size); }
    std::size_t rounded_up(std::size_t size) const {
        const std::size_t rounded = rounded_down(size + bin_width(size) - 1);
        return rounded < size ? SIZE_MAX : rounded;
    }
};

/// `looks`: what the traits allow beyond the sure bins.
template <class Heap>
constexpr promise promise_of(std::size_t looks) {
    using traits = typename Heap::traits_type;
    return {sizeof(std::size_t),     Heap::default_alignment, Heap::min_chunk_size,
            traits::exact_bin_limit, traits::bin_subdivision, looks};
}

}  // namespace fuzz
