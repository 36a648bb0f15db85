// Heaps that are hard to serve: many free chunks, none beside another, and nothing else left.
//
//     [ gap ][ kept ][ gap ][ kept ][ gap ][ kept ] ... [ --- kept --- ]
#pragma once

#include <allot/allot.hpp>

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

namespace bench {

using bounded_heap = allot::basic_heap<allot::bounded_traits>;

/// Which sizes the gaps have: the least there is; most of one coarse bin and some as small as its remainders; a dozen
/// small ones; one of each doubling in turn.
enum class comb { smallest, one_bin, many_bins, doublings };

inline constexpr std::size_t first_coarse = allot::bounded_traits::exact_bin_limit;

inline std::size_t gap_bytes(comb kind, std::size_t number) {
    switch (kind) {
        case comb::smallest: return 8;
        case comb::one_bin: return number % 4 == 3 ? 8 : first_coarse + number % 3 * 16 - 8;
        case comb::many_bins: return 8 + number % 12 * 32;
        default: return (std::size_t{24} << number % 12) + number % 5 * 16;
    }
}

/// Makes up to `gaps` of them, in no order of addresses; what is kept. Pre: the heap is empty.
class comb_maker {
public:
    explicit comb_maker(bounded_heap& heap) : heap_{heap} {}

    std::vector<void*> make(comb kind, std::size_t gaps) {
        while (gaps_.size() < gaps && take(gaps_, gap_bytes(kind, gaps_.size())) && take(kept_, 24)) {
        }
        for (std::size_t bytes = std::size_t{1} << 29; bytes != 0; bytes /= 2) {
            while (take(kept_, bytes)) {
            }
        }
        std::ranges::shuffle(gaps_, std::mt19937_64{gaps});
        for (void* const gap : gaps_) heap_.deallocate(gap);
        return std::move(kept_);
    }

private:
    bool take(std::vector<void*>& into, std::size_t bytes) {
        void* const payload = heap_.allocate(bytes);
        if (payload != nullptr) into.push_back(payload);
        return payload != nullptr;
    }

    bounded_heap& heap_;
    std::vector<void*> gaps_;
    std::vector<void*> kept_;
};

}  // namespace bench
