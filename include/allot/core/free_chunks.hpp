// The free chunks of a heap: where each one is, how one is found and cut, how one comes back.
//
//     take(96):     bin of 96 -> remainder -> first larger bin -> top
//                   [ ------- free 240 ------- ]   =>   [ in use 96 ][ remainder 144 ]
//     give_back(c): [ free ][ c ][ free ]          =>   [ --------- free --------- ]
//
// A free chunk is in exactly one place: in the bin of its size; or it is the remainder of the last small split, which
// the next small requests are cut from; or it is the top of its region, the free chunk below the fencepost, which is
// cut only when nothing else fits. (The remainder and the top: dlmalloc's designated victim and wilderness.)
//
// Guarantees: constexpr over any Memory; O(1) but for the search that `Traits::search` allows and the number of
// regions; a `take` that fails has changed nothing.
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
class free_chunks {
protected:
    using knobs = checked_traits<Traits>;

public:
    using chunks_type = chunk_access<Memory, knobs::granule, knobs::links>;
    using classes = size_classes<knobs::granule, knobs::exact_bin_limit, knobs::bin_subdivision, knobs::largest_chunk>;
    using bins_type = bins<chunks_type, classes, knobs::fit_probes>;
    using fit_type = fit<chunks_type>;

    static constexpr bool is_checked = knobs::hardening != hardening::none;
    static constexpr bool has_source = !std::is_same_v<typename knobs::source, no_source>;
    static_assert(knobs::granule >= 2 * chunks_type::word_bytes, "traits: the granule must be at least two words");

    constexpr free_chunks() = default;
    constexpr explicit free_chunks(Memory memory) : chunks_(memory) {}

    constexpr chunks_type& chunks() noexcept { return chunks_; }
    constexpr const chunks_type& chunks() const noexcept { return chunks_; }
    constexpr region_list<chunks_type>& regions() noexcept { return regions_; }
    constexpr const region_list<chunks_type>& regions() const noexcept { return regions_; }
    constexpr const bins_type& free_bins() const noexcept { return bins_; }
    constexpr std::size_t remainder() const noexcept { return remainder_.chunk; }
    constexpr std::size_t top() const noexcept { return top_.chunk; }
    constexpr std::size_t count() const noexcept { return count_; }

    /// True if the remainder and the top are as large as it stands beside them. Pre: both are free chunks, or none.
    constexpr bool are_held_sizes_sound() const noexcept {
        const auto agrees = [this](const held_chunk& held) { return held.size == (held.chunk == none ? 0 : chunks_.size_of(held.chunk)); };
        return agrees(remainder_) && agrees(top_);
    }

    // --- taking ------------------------------------------------------------------------------------------------------

    /// A chunk in use of at least `size` bytes, cut from a free one; `none` if none fits.
    constexpr std::size_t take_free(std::size_t size) noexcept {
        if (classes::is_exact(size)) {
            const std::size_t bin = classes::bin_of(size);
            if (!bins_.is_empty(bin)) return carve(chunks_.chunk_at(bins_.first(bin)), size);
            if (remainder_.size >= size) return cut(remainder_, size);
        } else if (const std::size_t found = bins_.find_among_equals(chunks_, size, soundness())) {
            return carve(found, size);
        }
        if (const std::size_t found = bins_.find_larger(chunks_, size)) return carve(found, size);
        if (remainder_.size >= size) return cut(remainder_, size);
        return take_last({size, chunks_type::granule});
    }

    /// The same with an aligned payload.
    constexpr std::size_t take_free_aligned(const fit_type& wanted) noexcept {
        if (const std::size_t found = bins_.find_aligned(chunks_, wanted)) return carve_aligned(found, wanted);
        if (remainder_.has(wanted)) return carve_aligned(remainder_.chunk, wanted);
        return take_last(wanted);
    }

    // --- giving back -------------------------------------------------------------------------------------------------

    /// Merges a chunk in use with its free neighbours: [ free ][ chunk ][ free ] => [ ------- free ------- ]
    constexpr void give_back(std::size_t chunk, std::size_t size) noexcept {
        if constexpr (is_checked) must_hold(inspect().neighbours_of(chunk, size));
        std::size_t start = chunk;
        std::size_t total = size;
        const std::size_t next = chunk + size;
        if (!chunks_.is_in_use(next)) total += absorb(next);
        if (!chunks_.is_prev_in_use(chunk)) {
            start -= chunks_.prev_size_of(chunk);
            total += detach(start);
            chunks_.wipe(chunk);
        }
        settle(start, total);
    }

    /// Shortens a chunk in use to `size` and frees what is behind it, if that can be a chunk.
    constexpr void release_tail(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t rest = chunks_type::size_in(header) - size;
        if (rest < chunks_type::min_chunk) return;
        chunks_.set_header(chunk, header - rest);
        chunks_.set_header(chunk + size, rest | chunks_type::in_use | chunks_type::prev_in_use);
        give_back(chunk + size, rest);
    }

    /// Lengthens a chunk in use to `size` by the free chunk above it, which keeps the rest. Pre: together they have it.
    constexpr void grow(std::size_t chunk, std::size_t size) noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t held = chunks_type::size_in(header);
        const std::size_t whole = held + absorb(chunk + held);
        place(split({chunk, whole}, size, header & chunks_type::prev_flags));
    }

    /// Wipes and detaches the free chunk at `chunk`. Returns its size.
    constexpr std::size_t absorb(std::size_t chunk) noexcept {
        const std::size_t size = detach(chunk);
        chunks_.wipe(chunk);
        return size;
    }

    /// Takes a free chunk from its place. Returns its size.
    constexpr std::size_t detach(std::size_t chunk) noexcept {
        if (chunk == remainder_.chunk) remainder_ = {};
        else if (chunk == top_.chunk) top_ = {};
        else bins_.remove(chunks_, chunk);
        --count_;
        return chunks_.size_of(chunk);
    }

    /// Makes [chunk, chunk + size) a free chunk and finds it its place. Pre: both neighbours are in use.
    constexpr void settle(std::size_t chunk, std::size_t size) noexcept {
        chunks_.mark_free(chunk, size);
        place({chunk, size});
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

    // --- crimes ------------------------------------------------------------------------------------------------------

    constexpr inspection<chunks_type, bins_type> inspect() const noexcept { return {chunks_, regions_, bins_}; }

    /// Hands a crime, if there is one, to the hook and does not come back.
    constexpr void must_hold(const finding& found) const noexcept {
        if (found) [[unlikely]] accuse(found);
    }
    [[noreturn]] ALLOT_COLD static void accuse(const finding& found) noexcept {
        Traits::on_corruption(corruption_report{found.kind, Memory::pointer_to(found.where)});
        trap();
    }

protected:
    [[no_unique_address]] chunks_type chunks_{};
    region_list<chunks_type> regions_{};

private:
    /// A free chunk that is kept out of the bins to be cut from; its size stands here so that it need not be read.
    struct held_chunk {
        std::size_t chunk = none;
        std::size_t size = 0;

        constexpr bool has(const fit_type& wanted) const noexcept { return wanted.fits_in(chunk, size); }
    };

    /// What is tried when no bin and not the remainder has a fit: the tops, then every chunk if the traits allow it.
    constexpr std::size_t take_last(const fit_type& wanted) noexcept {
        if (top_.has(wanted) || find_top(wanted)) {
            return wanted.lead_in(top_.chunk) == 0 ? cut(top_, wanted.size) : carve_aligned(top_.chunk, wanted);
        }
        if constexpr (knobs::search == fit_search::exhaustive) {
            if (const std::size_t found = bins_.find_anywhere(chunks_, wanted, soundness())) return carve_aligned(found, wanted);
        }
        return none;
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

    /// Takes `size` bytes from the low end of a binned chunk; what is left goes where it will be used next.
    constexpr std::size_t carve(std::size_t chunk, std::size_t size) noexcept {
        if constexpr (is_checked) must_be_sound(chunk);
        bins_.remove(chunks_, chunk);
        const held_chunk tail = split({chunk, chunks_.size_of(chunk)}, size, chunks_type::prev_in_use);
        if (tail.chunk == none) --count_;
        else if (classes::is_exact(size)) hold_remainder(tail);
        else bins_.insert(chunks_, tail.chunk, tail.size);
        return chunk;
    }

    /// Takes `size` bytes from the low end of the remainder or the top, which keeps the rest.
    constexpr std::size_t cut(held_chunk& held, std::size_t size) noexcept {
        const std::size_t chunk = held.chunk;
        if constexpr (is_checked) {
            if (chunks_.header_of(chunk) != (held.size | chunks_type::prev_in_use)) accuse({corruption_kind::broken_header, chunk});
        }
        held = split(held, size, chunks_type::prev_in_use);
        if (held.chunk == none) --count_;
        else chunks_.mark_unlisted(held.chunk);
        return chunk;
    }

    /// Takes the aligned part out of a free chunk: [ lead, free ][ in use, aligned ][ tail, free ]
    constexpr std::size_t carve_aligned(std::size_t found, const fit_type& wanted) noexcept {
        if constexpr (is_checked) must_be_sound(found);
        const std::size_t lead = wanted.lead_in(found);
        const std::size_t chunk = found + lead;
        const std::size_t whole = detach(found) - lead;
        place(split({chunk, whole}, wanted.size, chunks_type::prev_in_use));
        if (lead != 0) settle(found, lead);
        return chunk;
    }

    ALLOT_INLINE constexpr void must_be_sound(std::size_t chunk) const noexcept {
        if (!inspect().is_free_chunk(chunk)) [[unlikely]] accuse(inspect().crime_of_free(chunk));
    }

    /// What a search in the bins asks of a chunk before it follows its links.
    constexpr auto soundness() const noexcept {
        if constexpr (is_checked) return [this](std::size_t chunk) noexcept { return inspect().leads_inside(chunk); };
        else return [](std::size_t) noexcept { return true; };
    }

    /// Makes the low `size` bytes of `whole`, which is in no list, a chunk in use, and what is left a free one that has no
    /// place yet; none is left if it is too little. Pre: the next neighbour knows that a free chunk is below it;
    /// `prev_flags` is what is known of the lower one.
    constexpr held_chunk split(const held_chunk& whole, std::size_t size, std::size_t prev_flags) noexcept {
        const std::size_t chunk = whole.chunk;
        const std::size_t rest = whole.size - size;
        if (rest < chunks_type::min_chunk) {
            chunks_.set_header(chunk, whole.size | prev_flags | chunks_type::in_use);
            chunks_.mark_prev_in_use(chunk + whole.size);
            return {};
        }
        chunks_.set_header(chunk, size | prev_flags | chunks_type::in_use);
        if (chunks_type::has_minimal && rest == chunks_type::min_chunk) chunks_.mark_free(chunk + size, rest);
        else chunks_.write_free(chunk + size, rest);  // the next neighbour, maybe far away, knows already
        return {chunk + size, rest};
    }

    /// Gives a free chunk that is in no list its place: its bin, or the top. Nothing happens to none.
    constexpr void place(const held_chunk& freed) noexcept {
        if (freed.chunk == none) return;
        ++count_;
        if (!chunks_.is_fencepost(freed.chunk + freed.size)) return bins_.insert(chunks_, freed.chunk, freed.size);
        chunks_.mark_unlisted(freed.chunk);
        top_ = freed;
        if constexpr (has_source) note_free_region(freed.chunk);
    }

    constexpr void hold_remainder(const held_chunk& tail) noexcept {
        if (remainder_.chunk != none) bins_.insert(chunks_, remainder_.chunk, remainder_.size);
        remainder_ = tail;
        chunks_.mark_unlisted(tail.chunk);
    }

    /// Remembers that a region of the source has become wholly free, for the heap to look for it.
    constexpr void note_free_region(std::size_t top) noexcept {
        const std::size_t home = regions_.find_below(chunks_, top);
        if (home == top && regions_.at(chunks_, home).origin == region_origin::source) may_have_free_region_ = 1;
    }

    held_chunk remainder_{};
    held_chunk top_{};
    std::size_t count_ = 0;
    unsigned may_have_free_region_ = 0;  // not bool: a damaged one must still be a value
    bins_type bins_{};
};

}  // namespace allot::detail
