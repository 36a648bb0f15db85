// Giving regions to a store and taking them back.
//
//     add, next to a region below:   [ region | fencepost ][ span ]   =>   [ region ------------------- | fencepost ]
//     add, next to a region above:   [ span ][ descriptor | region ]  =>   [ descriptor | -------------- region ]
//     remove, at the upper end:      [ region ---- [ free ] | fencepost ]  =>  [ region ---- | fencepost ][ span ]
//
// What lies between two neighbours (a fencepost, a descriptor, slack) becomes part of a chunk when they merge.
//
// Guarantees: constexpr, O(regions); a span that is refused is neither read nor written.
#pragma once

#include <allot/core/chunk_store.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class region_edit {
    using chunks_type = typename Store::chunks_type;
    using list = typename Store::regions_type;

public:
    constexpr explicit region_edit(Store& store) noexcept
        : store_(store), chunks_(store.chunks()), regions_(store.regions()) {}

    /// Gives the span [base, base + bytes) to the store.
    constexpr region_status add(std::size_t base, std::size_t bytes, region_origin origin) noexcept {
        if (const region_status wrong = list::status_of(base, bytes); wrong != region_status::ok) return wrong;
        const region added = list::lay_out(base, bytes, origin);
        if (added.tiled_bytes() > Store::classes::largest) return region_status::out_of_reach;
        std::size_t below = regions_.find_below(chunks_, base);
        const std::size_t above = below == none ? regions_.lowest() : regions_.after(chunks_, below);
        if (below != none && regions_.at(chunks_, below).end() > base) return region_status::overlaps;
        if (above != none && regions_.at(chunks_, above).base < added.end()) return region_status::overlaps;
        if (regions_.is_empty()) set_origin_for(added);
        if (!chunks_.is_in_reach(added.first, added.fencepost)) return region_status::out_of_reach;
        join(added, below, above);
        return region_status::ok;
    }

    /// Takes the span [base, base + bytes) back: a wholly free end of a region, or all of it.
    constexpr region_status remove(std::size_t base, std::size_t bytes) noexcept {
        if (base == none) return region_status::null_base;
        if (bytes == 0) return region_status::too_small;
        if (base + bytes - 1 < base) return region_status::wraps_address_space;
        if (!is_an_end(base, bytes)) return region_status::not_free;
        const std::size_t position = regions_.find_below(chunks_, base);
        const region whole = regions_.at(chunks_, position);
        if (bytes == whole.bytes) return remove_all(position);
        return base == whole.base ? cut_bottom(position, bytes) : cut_top(position, base - whole.base);
    }

    /// True if a span is an end of a region, or all of it: no other can be removed, whatever is free.
    constexpr bool is_an_end(std::size_t base, std::size_t bytes) const noexcept {
        const std::size_t position = regions_.find_below(chunks_, base);
        if (position == none) return false;
        const region whole = regions_.at(chunks_, position);
        const std::size_t offset = base - whole.base;
        if (offset >= whole.bytes || bytes > whole.bytes - offset) return false;
        return offset == 0 || bytes == whole.bytes - offset;
    }

    /// Takes one wholly free region of the source out of the store; an empty one (no base) if there is none.
    constexpr region remove_free_source_region() noexcept {
        for (std::size_t at = regions_.lowest(); at != none; at = regions_.after(chunks_, at)) {
            const region found = regions_.at(chunks_, at);
            if (found.origin == region_origin::source && remove_all(at) == region_status::ok) return found;
        }
        store_.forget_free_region();
        return {};
    }

private:
    /// Compact links reach equally far to both sides of the first region.
    constexpr void set_origin_for(const region& added) noexcept {
        if constexpr (chunks_type::is_compact) {
            const std::size_t reach = chunks_type::link_limit - chunks_type::reserved_links;
            const std::size_t needed = added.tiled_bytes() / chunks_type::granule;
            const std::size_t spare = needed < reach ? (reach - needed) / 2 : 0;
            chunks_.set_origin(added.first - (spare + chunks_type::reserved_links) * chunks_type::granule);
        }
    }

    constexpr bool touches(const region& lower, const region& upper) const noexcept {
        return lower.end() == upper.base && lower.origin == upper.origin &&
               upper.fencepost - lower.first <= Store::classes::largest;
    }

    /// Merges the span with the regions that it touches and frees what is new.
    constexpr void join(region added, std::size_t below, std::size_t above) noexcept {
        std::size_t start = added.first;
        std::size_t flags = chunks_type::in_use | chunks_type::prev_in_use;
        std::size_t bottom = below;
        if (below != none && touches(regions_.at(chunks_, below), added)) {
            const region lower = regions_.at(chunks_, below);
            start = lower.fencepost;
            flags = chunks_.header_of(start);
            bottom = regions_.before(chunks_, below);
            regions_.erase(chunks_, below, bottom);
            added = list::lay_out(lower.base, lower.bytes + added.bytes, added.origin);
        }
        std::size_t stop = added.fencepost;
        if (above != none && touches(added, regions_.at(chunks_, above))) {
            const region upper = regions_.at(chunks_, above);
            regions_.erase(chunks_, above, bottom);
            stop = upper.first;
            added = list::lay_out(added.base, added.bytes + upper.bytes, added.origin);
        } else {
            set_fencepost(stop);
        }
        regions_.insert(chunks_, added, bottom);
        chunks_.set_header(start, (stop - start) | flags);
        store_.merge(start, stop - start);
    }

    constexpr void set_fencepost(std::size_t at) noexcept {
        chunks_.set_header(at, chunks_type::in_use | chunks_type::prev_in_use);
    }

    constexpr region_status remove_all(std::size_t position) noexcept {
        const region whole = regions_.at(chunks_, position);
        if (chunks_.is_in_use(whole.first) || chunks_.next_of(whole.first) != whole.fencepost) {
            return region_status::not_free;
        }
        store_.detach(whole.first);
        regions_.erase(chunks_, position, regions_.before(chunks_, position));
        return region_status::ok;
    }

    /// [ ... [ top --------- ] | fencepost ]  =>  [ ... [ top ] | fencepost ]
    constexpr region_status cut_top(std::size_t position, std::size_t bytes_left) noexcept {
        const region whole = regions_.at(chunks_, position);
        if (list::status_of(whole.base, bytes_left) != region_status::ok) return region_status::too_small;
        const region left = list::lay_out(whole.base, bytes_left, whole.origin);
        const std::size_t top = store_.top_below(whole.fencepost);
        if (top == none || !leaves_chunk_or_nothing(top, left.fencepost)) return region_status::not_free;
        store_.detach(top);
        replace(position, left);
        set_fencepost(left.fencepost);
        if (top != left.fencepost) store_.settle(top, left.fencepost - top);
        return region_status::ok;
    }

    /// [ descriptor | [ free --------- ] ... ]  =>  [ descriptor | [ free ] ... ]
    constexpr region_status cut_bottom(std::size_t position, std::size_t bytes) noexcept {
        const region whole = regions_.at(chunks_, position);
        if (list::status_of(whole.base + bytes, whole.bytes - bytes) != region_status::ok) return region_status::too_small;
        const region left = list::lay_out(whole.base + bytes, whole.bytes - bytes, whole.origin);
        const std::size_t next = chunks_.next_of(whole.first);
        if (chunks_.is_in_use(whole.first) || !leaves_chunk_or_nothing(left.first, next)) return region_status::not_free;
        store_.detach(whole.first);
        replace(position, left);
        chunks_.set_header(next, (chunks_.header_of(next) & ~chunks_type::prev_minimal) | chunks_type::prev_in_use);
        if (left.first != next) store_.settle(left.first, next - left.first);
        return region_status::ok;
    }

    static constexpr bool leaves_chunk_or_nothing(std::size_t from, std::size_t to) noexcept {
        return from == to || (from < to && to - from >= chunks_type::min_chunk);
    }

    constexpr void replace(std::size_t position, const region& left) noexcept {
        const std::size_t below = regions_.before(chunks_, position);
        regions_.erase(chunks_, position, below);
        regions_.insert(chunks_, left, below);
    }

    Store& store_;
    chunks_type& chunks_;
    list& regions_;
};

}  // namespace allot::detail
