// Is the heap sound? The invariants of invariant.hpp, one `check_` function each.
//
//     regions --> chunks, in address order --> bins --> cached lists --> counters          stops at the first thing that is wrong
//
// Guarantees: constexpr; writes nothing; O(chunks * log regions + bins) time and O(1) memory; a size is checked before it
// is stepped over, a link before it is followed, a list walk ends after as many steps as there are chunks. No visited
// set is needed: links are mutual, and the list lengths add up to the free chunks that the walk has seen.
#pragma once

#include <allot/diagnostics/account_check.hpp>
#include <allot/diagnostics/invariant.hpp>
#include <allot/diagnostics/stats.hpp>
#include <allot/diagnostics/walk.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class verifier {
    using chunks_type = typename Store::chunks_type;
    using bins_type = typename Store::index_type::bins_type;
    using classes = typename Store::classes;
    using link = typename chunks_type::link;

public:
    constexpr explicit verifier(const Store& store) noexcept : store_(store), chunks_(store.chunks()) {}

    /// Looks at everything, stops at the first thing that is wrong.
    constexpr bool is_sound() noexcept {
        return walk_regions() && check_bin_map() && walk_bins() && walk_cached() && check_accounting();
    }
    constexpr invariant broken() const noexcept { return broken_; }
    constexpr std::size_t where() const noexcept { return where_; }

private:
    /// What the walk has seen.
    struct seen {
        std::size_t regions, region_bytes, tiled_bytes, hot_regions;
        std::size_t in_use_chunks, in_use_bytes, cached_chunks, cached_bytes;
        std::size_t free_chunks, listed_chunks, loose_chunks;
    };

    constexpr bool holds(bool condition, invariant which, std::size_t where) noexcept {
        if (!condition && broken_ == invariant::none) {
            broken_ = which;
            where_ = where;
        }
        return condition;
    }

    constexpr bool walk_regions() noexcept {
        const auto& regions = store_.regions();
        if (!holds(regions.is_root_sound(), invariant::tiling, none)) return false;
        for (std::size_t at = next_region(none); at != none; at = next_region(at)) {
            if (!check_descriptor(at)) return false;
        }
        if (broken_ != invariant::none) return false;
        for (std::size_t at = regions.lowest(chunks_); at != none; at = regions.after(chunks_, at)) {
            if (!walk_chunks(regions.at(chunks_, at))) return false;
        }
        return true;
    }

    /// The region above a position, by links of descriptors that are as they were written. `none` where there is none, or where
    /// one is not.
    constexpr std::size_t next_region(std::size_t position) noexcept {
        const auto& regions = store_.regions();
        std::size_t found = none;
        std::size_t left = regions.count();
        for (std::size_t at = regions.root(); at != none;) {
            if (!check_alignment(at)) return none;
            if (!holds(left-- != 0 && regions.is_sound(chunks_, at), invariant::tiling, at)) return none;
            if (at > position) found = at;
            at = at > position ? regions.lower_of(chunks_, at) : regions.upper_of(chunks_, at);
        }
        return found;
    }

    /// Of a region that `next_region` has found.
    constexpr bool check_descriptor(std::size_t at) noexcept {
        const auto& regions = store_.regions();
        const region laid = regions.at(chunks_, at);
        ++seen_.regions;
        account_.see(at, laid);
        seen_.region_bytes += laid.bytes;
        seen_.tiled_bytes += laid.tiled_bytes();
        seen_.hot_regions += chunks_.hot().first == at && chunks_.hot().bytes == laid.tiled_bytes() ? 1u : 0u;
        const bool is_laid = laid.first == at && laid.fencepost > at && chunks_.is_in_reach(at, laid.fencepost);
        return holds(is_laid, invariant::tiling, at);
    }

    constexpr bool walk_chunks(const region& home) noexcept {
        std::size_t prev = none;  // the lower neighbour, if it is free
        for (std::size_t chunk = home.first; chunk != home.fencepost; chunk += chunks_.size_of(chunk)) {
            if (!check_granularity(chunk) || !check_tiling(home, chunk) || !check_lower(chunk, prev)) return false;
            if (!check_state(home, chunk, prev)) return false;
            prev = chunks_.is_in_use(chunk) ? none : chunk;
        }
        return check_fencepost(home.fencepost) && check_lower(home.fencepost, prev);
    }

    /// What a header says of its lower neighbour.
    constexpr bool check_lower(std::size_t chunk, std::size_t free_prev) noexcept {
        return check_prev_in_use(chunk, free_prev) && check_minimal_flag(chunk, free_prev);
    }

    /// Of the first chunk of a region; with granular sizes the others follow.
    constexpr bool check_alignment(std::size_t chunk) noexcept {
        return holds(is_aligned(chunks_type::payload_of(chunk), chunks_type::granule), invariant::alignment, chunk);
    }

    constexpr bool check_granularity(std::size_t chunk) noexcept {
        constexpr std::size_t cached = Store::is_deferred ? chunks_type::cached : 0;
        constexpr std::size_t flags = chunks_type::in_use | chunks_type::prev_flags | cached;
        const std::size_t header = chunks_.header_of(chunk);
        const bool plain = (header & chunks_type::flag_mask & ~flags) == 0;
        return holds(plain && chunks_type::size_in(header) >= chunks_type::min_chunk, invariant::granularity, chunk);
    }

    constexpr bool check_tiling(const region& home, std::size_t chunk) noexcept {
        return holds(chunks_.size_of(chunk) <= home.fencepost - chunk, invariant::tiling, chunk);
    }

    constexpr bool check_fencepost(std::size_t fencepost) noexcept {
        const std::size_t kept = chunks_.header_of(fencepost) & ~(chunks_type::prev_in_use | chunks_type::prev_minimal);
        return holds(kept == chunks_type::in_use, invariant::tiling, fencepost);
    }

    constexpr bool check_prev_in_use(std::size_t chunk, std::size_t free_prev) noexcept {
        return holds(chunks_.is_prev_in_use(chunk) == (free_prev == none), invariant::prev_in_use, chunk);
    }

    constexpr bool check_minimal_flag(std::size_t chunk, std::size_t free_prev) noexcept {
        if constexpr (!chunks_type::has_minimal) return true;
        const bool said = (chunks_.header_of(chunk) & chunks_type::prev_minimal) != 0;
        const bool is = free_prev != none && chunks_.size_of(free_prev) == chunks_type::min_chunk;
        return holds(said == is, invariant::footer, chunk);
    }

    constexpr bool check_state(const region& home, std::size_t chunk, std::size_t free_prev) noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t size = chunks_type::size_in(header);
        if ((header & chunks_type::in_use) == 0) {
            ++seen_.free_chunks;
            return check_coalesced(chunk, free_prev) && check_footer(chunk) && check_binned_once(home, chunk);
        }
        const bool is_cached = (header & chunks_type::cached) != 0;
        (is_cached ? seen_.cached_chunks : seen_.in_use_chunks) += 1;
        (is_cached ? seen_.cached_bytes : seen_.in_use_bytes) += size;
        return true;
    }

    constexpr bool check_coalesced(std::size_t chunk, std::size_t free_prev) noexcept {
        return holds(free_prev == none, invariant::coalesced, chunk);
    }

    constexpr bool check_footer(std::size_t chunk) noexcept {
        const std::size_t size = chunks_.size_of(chunk);
        const bool has_none = chunks_type::has_minimal && size == chunks_type::min_chunk;
        const bool plain = (chunks_.header_of(chunk) & chunks_type::flag_mask & ~chunks_type::prev_in_use) == 0;
        return holds(plain && (has_none || chunks_.footer_of(chunk, size) == size), invariant::footer, chunk);
    }

    constexpr bool check_binned_once(const region& home, std::size_t chunk) noexcept {
        const link back = chunks_.prev_free(chunk);
        const bool is_unlisted = chunks_type::is_tag(back) && chunks_type::bin_in(back) == chunks_type::unlisted;
        const bool is_remainder = chunk == store_.index().remainder().chunk;
        const bool is_top = chunk == store_.index().top().chunk && chunk + chunks_.size_of(chunk) == home.fencepost;
        if (!holds(is_unlisted == (is_remainder != is_top), invariant::binned_once, chunk)) return false;
        seen_.loose_chunks += is_remainder || is_top ? 1 : 0;
        if (is_unlisted) return holds(chunks_.next_free(chunk) == chunks_type::no_link, invariant::links, chunk);
        ++seen_.listed_chunks;
        return check_links(chunk, back);
    }

    constexpr bool check_links(std::size_t chunk, link back) noexcept {
        const link self = chunks_.link_to(chunk);
        const link next = chunks_.next_free(chunk);
        const bool is_followed = next == chunks_type::no_link ||
                                 (may_start_chunk(next) && chunks_.prev_free(chunks_.chunk_at(next)) == self);
        if (!holds(is_followed, invariant::links, chunk)) return false;
        if (!chunks_type::is_tag(back)) {
            return holds(may_start_chunk(back) && chunks_.next_free(chunks_.chunk_at(back)) == self, invariant::links,
                         chunk);
        }
        const std::size_t bin = classes::bin_of(chunks_.size_of(chunk));
        const bool is_first = back == chunks_type::tag_of(bin) && store_.index().binned().first(bin) == self;
        return holds(is_first, invariant::binned_once, chunk);
    }

    /// True if a link leads to where a chunk could be: inside a region that the walk has found sound.
    constexpr bool may_start_chunk(link to) const noexcept {
        const std::size_t chunk = chunks_.chunk_at(to);
        if (!is_aligned(chunks_type::payload_of(chunk), chunks_type::granule)) return false;
        const std::size_t below = store_.regions().find_below(chunks_, chunk);
        return below != none && store_.regions().at(chunks_, below).has_chunk(chunk);
    }

    constexpr bool check_bin_map() noexcept {
        const auto& bins = store_.index().binned();
        bool agrees = bins.map().is_consistent();
        for (std::size_t bin = 0; bin < bins_type::bin_count; ++bin)
            agrees = agrees && bins.map().is_set(bin) == !bins.is_empty(bin);
        return holds(agrees, invariant::bin_map, none);
    }

    constexpr bool walk_bins() noexcept {
        const auto& index = store_.index();
        std::size_t left = seen_.listed_chunks;
        for (std::size_t bin = 0; bin < bins_type::bin_count; ++bin) {
            for (link at = index.binned().first(bin); at != chunks_type::no_link;) {
                if (!holds(may_start_chunk(at), invariant::links, none)) return false;
                const std::size_t chunk = chunks_.chunk_at(at);
                const bool belongs = left-- != 0 && !chunks_.is_in_use(chunk) && is_in_bin(chunk, bin);
                if (!holds(belongs, invariant::binned_once, chunk)) return false;
                at = chunks_.next_free(chunk);
            }
        }
        const unsigned loose = (index.remainder().chunk == none ? 0u : 1u) + (index.top().chunk == none ? 0u : 1u);
        const bool are_loose_sound = seen_.loose_chunks == loose && index.are_loose_sizes_sound(chunks_);
        return holds(left == 0 && are_loose_sound, invariant::binned_once, index.remainder().chunk);
    }

    constexpr bool is_in_bin(std::size_t chunk, std::size_t bin) const noexcept {
        const std::size_t size = chunks_.size_of(chunk);
        return size >= chunks_type::min_chunk && size <= classes::largest && classes::bin_of(size) == bin;
    }

    constexpr bool walk_cached() noexcept {
        std::size_t left = seen_.cached_chunks;
        if constexpr (Store::is_deferred) {
            for (std::size_t list = 0; list < Store::cache_type::list_count; ++list) {
                if (!walk_cached_list(list, left)) return false;
            }
        }
        return holds(left == 0 && store_.cache().is_cursor_sound(), invariant::binned_once, none);
    }

    constexpr bool walk_cached_list(std::size_t list, std::size_t& left) noexcept {
        const std::size_t size = Store::cache_type::size_in_list(list);
        for (link at = store_.cache().first(list); at != chunks_type::no_link;) {
            if (!holds(may_start_chunk(at), invariant::links, none)) return false;
            const std::size_t chunk = chunks_.chunk_at(at);
            const std::size_t header = chunks_.header_of(chunk);
            const bool belongs = left-- != 0 && state_in<chunks_type>(header) == chunk_state::cached &&
                                 chunks_type::size_in(header) == size;
            if (!holds(belongs, invariant::binned_once, chunk)) return false;
            at = chunks_.next_cached(chunk);
        }
        return true;
    }

    constexpr bool check_accounting() noexcept {
        const auto& regions = store_.regions();
        const bool same = seen_.regions == regions.count() && seen_.region_bytes == regions.bytes() &&
                          seen_.tiled_bytes == regions.tiled_bytes() && seen_.free_chunks == store_.index().count() &&
                          seen_.cached_bytes == store_.cache().bytes() && seen_.in_use_bytes == store_.in_use_bytes() &&
                          seen_.in_use_chunks == store_.in_use_chunks();
        const bool is_hot_a_region = chunks_.hot().bytes == 0 || seen_.hot_regions == 1;
        const bool is_hot_sound = is_hot_a_region && regions.are_hot_starts_sound(chunks_);
        return holds(same && is_hot_sound && account_.is_sound(), invariant::accounting, none);
    }

    const Store& store_;
    const chunks_type& chunks_;
    seen seen_{};
    account_check<Store> account_{store_};
    invariant broken_ = invariant::none;
    std::size_t where_ = none;
};

}  // namespace allot::detail
