// Does a chunk agree with its neighbours, its list and its region? Invariants I2 to I8, as far as one chunk shows them.
//
//     | lower | chunk | upper |        header: size, flags      footer == size      next.prev == chunk == prev.next
//
// Guarantees: constexpr; writes nothing; O(log regions) a chunk, O(1) memory; a size is checked before anybody steps over it, a
// link before it is followed.
#pragma once

#include <allot/core/chunk_store.hpp>
#include <allot/diagnostics/invariant.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class chunk_check {
    using chunks_type = typename Store::chunks_type;
    using classes = typename Store::classes;
    using link = typename chunks_type::link;

public:
    /// What was looked at.
    struct counts {
        std::size_t in_use_chunks, in_use_bytes, cached_chunks, cached_bytes;
        std::size_t free_chunks, listed_chunks, loose_chunks;
    };

    constexpr explicit chunk_check(const Store& store) noexcept : store_(store), chunks_(store.chunks()) {}

    constexpr const counts& seen() const noexcept { return seen_; }
    constexpr invariant broken() const noexcept { return broken_; }
    constexpr std::size_t where() const noexcept { return where_; }

    /// The condition; the first one that is false is kept as what is broken.
    constexpr bool holds(bool condition, invariant which, std::size_t where) noexcept {
        if (!condition && broken_ == invariant::none) {
            broken_ = which;
            where_ = where;
        }
        return condition;
    }

    /// Looks at a chunk of a region; `free_prev` is its lower neighbour, if that is free.
    constexpr bool look_at(const region& home, std::size_t chunk, std::size_t free_prev) noexcept {
        return check_granularity(chunk) && check_tiling(home, chunk) && check_lower(chunk, free_prev) &&
               check_state(home, chunk, free_prev);
    }

    constexpr bool check_fencepost(std::size_t fencepost, std::size_t free_prev) noexcept {
        const std::size_t kept = chunks_.header_of(fencepost) & ~(chunks_type::prev_in_use | chunks_type::prev_minimal);
        return holds(kept == chunks_type::in_use, invariant::tiling, fencepost) && check_lower(fencepost, free_prev);
    }

    /// Of the first chunk of a region; with granular sizes the others follow.
    constexpr bool check_alignment(std::size_t chunk) noexcept {
        return holds(is_aligned(chunks_type::payload_of(chunk), chunks_type::granule), invariant::alignment, chunk);
    }

    /// True if a chunk could be there: inside a region that the walk has found sound.
    constexpr bool may_start_chunk(std::size_t chunk) const noexcept {
        if (!is_aligned(chunks_type::payload_of(chunk), chunks_type::granule)) return false;
        const std::size_t below = store_.regions().find_below(chunks_, chunk);
        return below != none && store_.regions().at(chunks_, below).has_chunk(chunk);
    }

private:
    /// What a header says of its lower neighbour.
    constexpr bool check_lower(std::size_t chunk, std::size_t free_prev) noexcept {
        return check_prev_in_use(chunk, free_prev) && check_minimal_flag(chunk, free_prev);
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
        if (!store_.index().is_loose(chunk)) {
            ++seen_.listed_chunks;
            return check_links(chunk);
        }
        ++seen_.loose_chunks;
        const bool is_remainder = chunk == store_.index().remainder().chunk;
        const bool is_top = chunk == store_.index().top().chunk;
        const bool is_at_end = chunk + chunks_.size_of(chunk) == home.fencepost;
        return holds(is_remainder != is_top && (is_remainder || is_at_end), invariant::binned_once, chunk);
    }

    constexpr bool check_links(std::size_t chunk) noexcept {
        const auto& heads = store_.index().binned().heads();
        const std::size_t next = heads.member_at(chunks_, chunks_.next_free(chunk));
        const std::size_t prev = heads.member_at(chunks_, chunks_.prev_free(chunk));
        const link self = chunks_.link_to(chunk);
        const bool is_led_back_to = is_member(next) && is_member(prev) && heads.prev(chunks_, next) == self &&
                                    heads.next(chunks_, prev) == self;
        if (!holds(is_led_back_to, invariant::links, chunk)) return false;
        const std::size_t bin = classes::bin_of(chunks_.size_of(chunk));
        const bool is_in_its_bin = !heads.has(prev) || prev == heads.at(bin);
        return holds(is_in_its_bin, invariant::binned_once, chunk);
    }

    /// True if a list may lead there.
    constexpr bool is_member(std::size_t member) const noexcept {
        return store_.index().binned().heads().has(member) || may_start_chunk(member);
    }

    const Store& store_;
    const chunks_type& chunks_;
    counts seen_{};
    invariant broken_ = invariant::none;
    std::size_t where_ = none;
};

}  // namespace allot::detail
