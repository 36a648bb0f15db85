// Where each free chunk of a heap is kept, so that it can be found and taken from there.
//
//     [ 96 ] [ 2 K ] ...     the bins, by size
//     [ remainder ]          what the last small split left: the next small requests are cut from it
//     [ top ]                the free chunk below the fencepost of a region: cut only when nothing else fits
//
// A free chunk is in exactly one of these places. (The remainder and the top: dlmalloc's designated victim and
// wilderness.)
//
// Guarantees: constexpr over any Memory; detach and place O(1); finding a top O(regions).
#pragma once

#include <allot/core/bins.hpp>
#include <allot/core/inspection.hpp>
#include <allot/core/region.hpp>
#include <allot/core/size_class.hpp>
#include <allot/traits.hpp>

#include <cstddef>
#include <type_traits>

namespace allot::detail {

template <class Traits, class Memory>
class free_places {
protected:
    using knobs = checked_traits<Traits>;

public:
    using chunks_type = chunk_access<Memory, knobs::granule, knobs::links>;
    using classes = size_classes<knobs::granule, knobs::exact_bin_limit, knobs::bin_subdivision, knobs::largest_chunk>;
    using bins_type = bins<chunks_type, classes, knobs::fit_probes>;
    using fit_type = fit<chunks_type>;

    static constexpr bool is_checked = knobs::hardening != hardening::none;
    static constexpr bool is_deferred = knobs::coalescing == coalescing::deferred;

    /// The largest chunk that is ever cached; with immediate coalescing none is.
    static constexpr std::size_t cached_limit =
        knobs::cached_chunk_limit < chunks_type::min_chunk ? chunks_type::min_chunk : knobs::cached_chunk_limit;
    using regions_type = region_list<chunks_type, is_deferred ? cached_limit : knobs::granule>;

    /// A free chunk whose size need not be read again.
    struct held_chunk {
        std::size_t chunk = none;
        std::size_t size = 0;

        constexpr bool has(const fit_type& wanted) const noexcept { return wanted.fits_in(chunk, size); }
    };

    static constexpr bool has_source = !std::is_same_v<typename knobs::source, no_source>;
    static_assert(knobs::granule >= 2 * chunks_type::word_bytes, "traits: the granule must be at least two words");

    constexpr free_places() = default;
    constexpr explicit free_places(Memory memory) : chunks_(memory) {}

    constexpr chunks_type& chunks() noexcept { return chunks_; }
    constexpr const chunks_type& chunks() const noexcept { return chunks_; }
    constexpr regions_type& regions() noexcept { return regions_; }
    constexpr const regions_type& regions() const noexcept { return regions_; }
    constexpr const bins_type& free_bins() const noexcept { return bins_; }
    constexpr std::size_t remainder() const noexcept { return remainder_.chunk; }
    constexpr std::size_t top() const noexcept { return top_.chunk; }
    constexpr std::size_t count() const noexcept { return count_; }

    /// True if the remainder and the top are as large as it stands beside them. Pre: both are free chunks, or none.
    constexpr bool are_held_sizes_sound() const noexcept {
        const auto agrees = [this](const held_chunk& held) { return held.size == (held.chunk == none ? 0 : chunks_.size_of(held.chunk)); };
        return agrees(remainder_) && agrees(top_);
    }

    constexpr inspection<chunks_type, regions_type, bins_type> inspect() const noexcept { return {chunks_, regions_, bins_}; }

    // --- moving in and out -------------------------------------------------------------------------------------------

    /// Takes a free chunk from its place. Returns its size.
    ALLOT_INLINE constexpr std::size_t detach(std::size_t chunk) noexcept {
        if (!bins_.remove(chunks_, chunk)) let_go(chunk);
        --count_;
        return chunks_.size_of(chunk);
    }

    /// Gives a free chunk that has none its place: its bin, or the top.
    ALLOT_INLINE constexpr void place(const held_chunk& freed) noexcept {
        ++count_;
        if (!chunks_.is_fencepost(freed.chunk + freed.size)) return insert(freed);
        chunks_.mark_unlisted(freed.chunk);
        top_ = freed;
        if constexpr (has_source) note_free_region(freed.chunk);
    }

    /// Keeps what a small split has left to be cut next; the old remainder goes to its bin.
    constexpr void hold_remainder(const held_chunk& tail) noexcept {
        if (remainder_.chunk != none) insert(remainder_);
        ++count_;
        remainder_ = tail;
        chunks_.mark_unlisted(tail.chunk);
    }

    // --- looking -----------------------------------------------------------------------------------------------------

    /// The free chunk below a fencepost; `none` if that place is in use.
    constexpr std::size_t top_below(std::size_t fencepost) const noexcept {
        return chunks_.is_prev_in_use(fencepost) ? none : fencepost - chunks_.prev_size_of(fencepost);
    }

    /// The size of the largest free chunk. O(regions), and O(chunks) of the highest bin that is not empty.
    constexpr std::size_t largest_free() const noexcept {
        std::size_t largest = bins_.largest(chunks_);
        if (remainder_.size > largest) largest = remainder_.size;
        for (std::size_t at = regions_.lowest(); at != none; at = regions_.after(chunks_, at)) {
            const std::size_t top = top_below(regions_.at(chunks_, at).fencepost);
            if (top != none && chunks_.size_of(top) > largest) largest = chunks_.size_of(top);
        }
        return largest;
    }

    /// True if a region of the source may have become wholly free.
    constexpr bool may_have_free_region() const noexcept { return may_have_free_region_ != 0; }
    constexpr void forget_free_region() noexcept { may_have_free_region_ = 0; }

protected:
    /// What a look into the bins asks of a chunk before it follows its links.
    constexpr auto soundness() const noexcept {
        if constexpr (is_checked) return [this](std::size_t chunk) noexcept { return inspect().leads_inside(chunk); };
        else return [](std::size_t) noexcept { return true; };
    }

    /// Makes the top of the first region in which `wanted` fits the one to cut from. O(regions).
    constexpr bool find_top(const fit_type& wanted) noexcept {
        for (std::size_t at = regions_.lowest(); at != none; at = regions_.after(chunks_, at)) {
            const std::size_t found = top_below(regions_.at(chunks_, at).fencepost);
            if (found == none || !wanted.fits_in(found, chunks_.size_of(found))) continue;
            top_ = {found, chunks_.size_of(found)};
            return true;
        }
        return false;
    }

    [[no_unique_address]] chunks_type chunks_{};
    regions_type regions_{};
    held_chunk remainder_{};
    held_chunk top_{};
    std::size_t count_ = 0;
    bins_type bins_{};

private:
    ALLOT_INLINE constexpr void insert(const held_chunk& freed) noexcept {
        if constexpr (is_checked) {
            bins_.insert(chunks_, freed.chunk, freed.size, [this](std::size_t first) noexcept { return inspect().is_led_back_to(first); });
        } else {
            bins_.insert(chunks_, freed.chunk, freed.size, soundness());
        }
    }

    ALLOT_INLINE constexpr void let_go(std::size_t chunk) noexcept {
        if (chunk == remainder_.chunk) remainder_ = {};
        else if (chunk == top_.chunk) top_ = {};
    }

    /// Remembers that a region of the source has become wholly free, for the heap to look for it.
    constexpr void note_free_region(std::size_t top) noexcept {
        const std::size_t home = regions_.find_below(chunks_, top);
        if (home == top && regions_.at(chunks_, home).origin == region_origin::source) may_have_free_region_ = 1;
    }

    unsigned may_have_free_region_ = 0;  // not bool: a damaged one must still be a value
};

}  // namespace allot::detail
