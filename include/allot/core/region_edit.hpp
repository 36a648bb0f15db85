// Giving regions to a store and taking them back.
//
//     add, next to a region below:   [ region | fencepost ][ span ]   =>   [ region ------------------- | fencepost ]
//     add, next to a region above:   [ span ][ descriptor | region ]  =>   [ descriptor | -------------- region ]
//     remove, at the upper end:      [ region ---- [ free ] | fencepost ]  =>  [ region ---- | fencepost ][ span ]
//
// What lies between two neighbours (a fencepost, a descriptor, slack) becomes part of a chunk when they merge.
//
// Spans of the caller merge with each other, and spans of a source that takes back parts; spans that go back whole stay apart.
//
// Guarantees: constexpr, O(log regions), and O(free chunks) where compact links must count from elsewhere to reach a span, at
// most some dozens of times in the life of a heap; a span that is refused is neither read nor written.
#pragma once

#include <allot/core/chunk_store.hpp>
#include <allot/core/link_reach.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class region_edit {
    using index_type = typename Store::index_type;
    using chunks_type = typename Store::chunks_type;
    using list = typename index_type::regions_type;

public:
    using part = typename index_type::returnable_type::part;

    constexpr explicit region_edit(Store& store) noexcept
        : store_(store), chunks_(store.chunks()), regions_(store.regions()) {}

    /// Gives the span [base, base + bytes) to the store.
    constexpr region_status add(std::size_t base, std::size_t bytes, region_origin origin) noexcept {
        if (const region_status wrong = status_of(base, bytes); wrong != region_status::ok) return wrong;
        const region added = list::lay_out(base, bytes, origin);
        if constexpr (chunks_type::is_compact) reach().stretch_to(added);
        store_.start();
        if constexpr (index_type::has_source) {
            if (origin == region_origin::source) store_.index().account().came(bytes);
        }
        if constexpr (list::is_sole) begin_with(added);
        else join(added, regions_.find_below(chunks_, base));
        return region_status::ok;
    }

    /// How much of a span can be one region, where the source would take the rest.
    static constexpr std::size_t fitting(std::size_t base, std::size_t bytes) noexcept {
        if (!index_type::returnable_type::gives_parts || bytes <= most_in_region) return bytes;
        return align_down(base + most_in_region, index_type::returnable_type::granularity) - base;
    }

    /// True if a span can be given, but the links reach it only after all of them were made to count from elsewhere.
    constexpr bool is_beyond_links(std::size_t base, std::size_t span_bytes) const noexcept {
        const std::size_t bytes = fitting(base, span_bytes);
        if (regions_.is_empty() || status_of(base, bytes) != region_status::ok) return false;
        const region added = list::lay_out(base, bytes, region_origin::caller);
        return !chunks_.is_in_reach(added.first, added.fencepost);
    }

    /// Takes the span [base, base + bytes) back: a wholly free end of a region, or all of it. Of a region of the source only such
    /// an end as the source could have back: what is left goes back to it one day.
    constexpr region_status remove(std::size_t base, std::size_t bytes) noexcept {
        if (base == none) return region_status::null_base;
        if (bytes == 0) return region_status::too_small;
        if (base + bytes - 1 < base) return region_status::wraps_address_space;
        if (!is_an_end(base, bytes)) return region_status::not_free;
        const std::size_t position = regions_.find_below(chunks_, base);
        const region whole = regions_.at(chunks_, position);
        const std::size_t cut = base == whole.base ? base + bytes : base;
        if (whole.origin == region_origin::source && bytes != whole.bytes && !index_type::returnable_type::may_cut(cut))
            return region_status::not_free;
        const region_status status = bytes == whole.bytes ? remove_all(position)
                                     : base == whole.base ? cut_bottom(position, bytes)
                                                          : cut_top(position, base - whole.base);
        if constexpr (index_type::has_source) {
            if (status == region_status::ok && whole.origin == region_origin::source)
                store_.index().account().was_removed(bytes);
        }
        return status;
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

    /// Takes memory of the source out of the store that could go back, if more of it lies free than is kept: a region, or
    /// an end of one. Empty if there is none. O(log regions).
    constexpr part remove_due() noexcept {
        auto& account = store_.index().account();
        for (std::size_t looks = 0; looks < most_looks && account.is_due(); ++looks) {
            const std::size_t position = account.take_first(chunks_);
            const part found = index_type::returnable_type::of(chunks_, regions_.at(chunks_, position));
            const part due = due_of(found);
            if (due.bytes >= index_type::returnable_type::least_part) return remove_part(due);
            list_again(position);
        }
        return {};
    }

    /// The same whatever is kept otherwise, of the region around `from` or those above. O(regions * log regions) for all.
    constexpr part remove_returnable(std::size_t from) noexcept {
        const std::size_t below = regions_.find_below(chunks_, from);
        for (std::size_t at = below != none ? below : regions_.lowest(chunks_); at != none;
             at = regions_.after(chunks_, at)) {
            const region home = regions_.at(chunks_, at);
            if (home.origin != region_origin::source) continue;
            if (const part found = index_type::returnable_type::of(chunks_, home); found.bytes != 0)
                return remove_part(found);
        }
        return {};
    }

private:
    static constexpr std::size_t most_looks = 8;
    static constexpr std::size_t most_in_region = link_reach<Store>::most_in_region;

    /// What speaks against a span.
    constexpr region_status status_of(std::size_t base, std::size_t bytes) const noexcept {
        if (const region_status wrong = list::status_of(base, bytes); wrong != region_status::ok) return wrong;
        const region added = list::lay_out(base, bytes, region_origin::caller);
        if (added.tiled_bytes() > Store::classes::largest) return region_status::out_of_reach;
        if constexpr (list::is_sole) {
            if (!regions_.is_empty()) return region_status::only_one;
        } else {
            const std::size_t below = regions_.find_below(chunks_, base);
            const std::size_t above = regions_.after(chunks_, below);
            if (below != none && regions_.at(chunks_, below).end() > base) return region_status::overlaps;
            if (above != none && regions_.at(chunks_, above).base < added.end()) return region_status::overlaps;
        }
        if (chunks_type::is_compact && !reach().may_stretch_to(added)) return region_status::out_of_reach;
        return region_status::ok;
    }

    /// What of a part is to go back now.
    constexpr part due_of(const part& found) const noexcept {
        const auto& account = store_.index().account();
        if (found.bytes == 0) return {};
        if (found.is_whole) return account.excess_with(found.bytes) != 0 ? found : part{};
        const std::size_t excess =
            account.keeps_some() ? account.excess_with(found.bytes) : account.bytes_to_list(found);
        const std::size_t most = align_down(excess, index_type::returnable_type::granularity);
        if (most >= found.bytes) return found;
        const bool is_at_base = regions_.at(chunks_, regions_.find_below(chunks_, found.base)).base == found.base;
        return {is_at_base ? found.base : found.base + found.bytes - most, most, false};
    }

    constexpr part remove_part(const part& removed) noexcept {
        const std::size_t position = regions_.find_below(chunks_, removed.base);
        const region whole = regions_.at(chunks_, position);
        store_.index().account().went(removed.bytes);
        if (removed.is_whole) {
            remove_all(position);
        } else if (removed.base == whole.base) {
            cut_bottom(position, removed.bytes);
            list_again(regions_.find_below(chunks_, removed.base + removed.bytes));
        } else {
            cut_top(position, removed.base - whole.base);
            list_again(position);
        }
        return removed;
    }

    constexpr void list_again(std::size_t position) noexcept {
        const std::size_t bytes = store_.index().account().bytes_to_list(
            index_type::returnable_type::of(chunks_, regions_.at(chunks_, position)));
        if (bytes >= index_type::returnable_type::least_part) store_.index().account().list(chunks_, position, bytes);
    }

    constexpr link_reach<Store> reach() const noexcept { return link_reach<Store>(store_); }

    constexpr bool touches(const region& lower, const region& upper) const noexcept {
        const bool may_merge = lower.origin == region_origin::caller || index_type::returnable_type::gives_parts;
        return may_merge && lower.end() == upper.base && lower.origin == upper.origin &&
               upper.fencepost - lower.first <= Store::classes::largest;
    }

    /// Takes the only region of a heap.
    constexpr void begin_with(const region& added) noexcept {
        set_fencepost(added.fencepost);
        regions_.insert(chunks_, added);
        free_all({added.first, added.tiled_bytes()}, chunks_type::in_use | chunks_type::prev_in_use);
    }

    /// Merges the span with the regions that it touches and frees what is new.
    constexpr void join(region added, std::size_t below) noexcept {
        const std::size_t above = regions_.after(chunks_, below);
        std::size_t start = added.first;
        std::size_t flags = chunks_type::in_use | chunks_type::prev_in_use;
        std::size_t fresh = added.origin == region_origin::source ? added.first : added.fencepost;
        const bool has_lower = below != none && touches(regions_.at(chunks_, below), added);
        if (has_lower) {
            start = regions_.at(chunks_, below).fencepost;
            flags = chunks_.header_of(start);
            added = joined(regions_.at(chunks_, below), added);
        }
        std::size_t stop = added.fencepost;
        if (above != none && touches(added, regions_.at(chunks_, above))) {
            fresh = store_.index().fresh_mark_of(chunks_, above);
            stop = above;
            added = joined(added, take_out(above));
        } else {
            set_fencepost(stop);
        }
        if (has_lower) resize_region(below, added.bytes);
        else regions_.insert(chunks_, added);
        store_.index().limit_fresh(chunks_, added.first, fresh);
        free_all({start, stop - start}, flags);
    }

    constexpr void free_all(const sized_chunk& fresh, std::size_t flags) noexcept {
        chunks_.set_header(fresh.chunk, fresh.size | flags);
        store_.free().cursors().move_behind(fresh.chunk, fresh.chunk + fresh.size);
        store_.merge(fresh.chunk, {fresh.size});
    }

    static constexpr region joined(const region& lower, const region& upper) noexcept {
        return list::lay_out(lower.base, lower.bytes + upper.bytes, lower.origin);
    }

    constexpr void resize_region(std::size_t position, std::size_t bytes) noexcept {
        forget_listing(position);
        regions_.set_bytes(chunks_, position, bytes);
    }

    constexpr region take_out(std::size_t position) noexcept {
        const region taken = regions_.at(chunks_, position);
        forget_listing(position);
        regions_.erase(chunks_, position);
        return taken;
    }

    constexpr void forget_listing(std::size_t position) noexcept {
        if constexpr (index_type::has_source) store_.index().account().unlist(chunks_, position);
    }

    constexpr void set_fencepost(std::size_t at) noexcept {
        chunks_.set_header(at, chunks_type::in_use | chunks_type::prev_in_use);
    }

    constexpr region_status remove_all(std::size_t position) noexcept {
        const region whole = regions_.at(chunks_, position);
        if (chunks_.is_in_use(whole.first) || chunks_.next_of(whole.first) != whole.fencepost)
            return region_status::not_free;
        store_.index().remove(chunks_, whole.first);
        take_out(position);
        return region_status::ok;
    }

    /// [ ... [ top --------- ] | fencepost ]  =>  [ ... [ top ] | fencepost ]
    constexpr region_status cut_top(std::size_t position, std::size_t bytes_left) noexcept {
        const region whole = regions_.at(chunks_, position);
        if (list::status_of(whole.base, bytes_left) != region_status::ok) return region_status::too_small;
        const region left = list::lay_out(whole.base, bytes_left, whole.origin);
        const std::size_t top = store_.index().top_below(chunks_, whole.fencepost);
        if (top == none || !leaves_chunk_or_nothing(top, left.fencepost)) return region_status::not_free;
        store_.index().remove(chunks_, top);
        resize_region(position, bytes_left);
        set_fencepost(left.fencepost);
        if (top != left.fencepost) store_.free().settle(chunks_, top, {left.fencepost - top});
        return region_status::ok;
    }

    /// [ descriptor | [ free --------- ] ... ]  =>  [ descriptor | [ free ] ... ]
    constexpr region_status cut_bottom(std::size_t position, std::size_t bytes) noexcept {
        const region whole = regions_.at(chunks_, position);
        if (list::status_of(whole.base + bytes, whole.bytes - bytes) != region_status::ok)
            return region_status::too_small;
        const region left = list::lay_out(whole.base + bytes, whole.bytes - bytes, whole.origin);
        const std::size_t next = chunks_.next_of(whole.first);
        if (chunks_.is_in_use(whole.first) || !leaves_chunk_or_nothing(left.first, next))
            return region_status::not_free;
        store_.index().remove(chunks_, whole.first);
        const std::size_t fresh = store_.index().fresh_mark_of(chunks_, position);
        take_out(position);
        regions_.insert(chunks_, left);
        store_.index().limit_fresh(chunks_, left.first, fresh);
        chunks_.set_header(next, (chunks_.header_of(next) & ~chunks_type::prev_minimal) | chunks_type::prev_in_use);
        if (left.first != next) store_.free().settle(chunks_, left.first, {next - left.first});
        return region_status::ok;
    }

    static constexpr bool leaves_chunk_or_nothing(std::size_t from, std::size_t to) noexcept {
        return from == to || (from < to && to - from >= chunks_type::min_chunk);
    }

    Store& store_;
    chunks_type& chunks_;
    list& regions_;
};

}  // namespace allot::detail
