// Is the heap sound? The invariants of invariant.hpp.
//
//     regions --> chunks, in address order --> bin map --> bins --> cached lists --> counters     stops at the first wrong thing
//
// It looks at one thing after another, so that whoever holds the heap may let go of it in between. Where others have changed the
// heap meanwhile it goes on, but no longer asks what only the whole heap at one moment can answer: whether counters and lists
// agree with all that was seen.
//
// Guarantees: constexpr; writes nothing; O(chunks * log regions + bins) time and O(1) memory; a size is checked before it
// is stepped over, a link before it is followed, a list walk ends after as many steps as there are chunks. No visited
// set is needed: links are mutual, and the list lengths add up to the free chunks that the walk has seen.
#pragma once

#include <allot/chunks/cursor.hpp>
#include <allot/diagnostics/account_check.hpp>
#include <allot/diagnostics/chunk_check.hpp>
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

    /// Looks at everything that is left. Pre: nobody changes the heap meanwhile.
    constexpr verify_result look_at_all() noexcept {
        while (advance()) {
        }
        return result();
    }
    constexpr bool is_sound() noexcept { return static_cast<bool>(look_at_all()); }

    /// Looks at one thing more: a region, a chunk, all bits of the bin map, a chunk in its list. False: it has seen all, or
    /// something is wrong.
    constexpr bool advance() noexcept {
        if (has_more() && !look()) end_stage();
        return has_more();
    }
    constexpr bool has_more() const noexcept { return stage_ != stage::done && check_.broken() == invariant::none; }

    constexpr invariant broken() const noexcept { return check_.broken(); }
    constexpr std::size_t where() const noexcept { return check_.where(); }
    constexpr verify_result result() const noexcept {
        return {broken(), broken() == invariant::none ? nullptr : chunks_.memory().pointer_to(where())};
    }

    /// Where it goes on: to be kept among the cursors of the heap while others may change that.
    constexpr cursor& place() noexcept { return place_; }

    /// To be called if others have changed the heap since it looked last.
    constexpr void allow_for_changes() noexcept {
        is_of_one_moment_ = false;
        home_ = {};
        if (stage_ > stage::bin_map) stage_ = stage::done;
    }

private:
    enum class stage : unsigned char { regions, chunks, bin_map, bins, cached, counters, done };

    struct counts {
        std::size_t regions, region_bytes, tiled_bytes, hot_regions, listed_chunks, cached_chunks;
    };

    constexpr bool holds(bool condition, invariant which, std::size_t where) noexcept {
        return check_.holds(condition, which, where);
    }

    /// False: there is nothing more in this stage, or something is wrong.
    constexpr bool look() noexcept {
        if (stage_ < stage::bin_map) return stage_ == stage::regions ? look_at_region() : look_at_chunk();
        if (stage_ == stage::bin_map) return check_bin_map(), false;
        if (stage_ < stage::counters) return stage_ == stage::bins ? look_at_binned() : look_at_cached();
        return check_accounting(), false;
    }

    constexpr void end_stage() noexcept {
        const bool is_last = stage_ == stage::counters || (stage_ == stage::bin_map && !is_of_one_moment_);
        stage_ = is_last ? stage::done : static_cast<stage>(static_cast<unsigned char>(stage_) + 1);
        place_.at = none;
    }

    // --- regions -----------------------------------------------------------------------------------------------------

    constexpr bool look_at_region() noexcept {
        if (!holds(store_.regions().is_root_sound(), invariant::tiling, none)) return false;
        place_.at = next_region(place_.at);
        return place_.at != none && check_descriptor(place_.at);
    }

    /// The region above a position, by links of descriptors that are as they were written. `none` where there is none, or where
    /// one is not.
    constexpr std::size_t next_region(std::size_t position) noexcept {
        const auto& regions = store_.regions();
        std::size_t found = none;
        std::size_t left = regions.count();
        for (std::size_t at = regions.root(); at != none;) {
            if (!check_.check_alignment(at)) return none;
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

    // --- chunks ------------------------------------------------------------------------------------------------------

    constexpr bool look_at_chunk() noexcept {
        if (home_.bytes == 0 && !enter_region()) return false;
        const std::size_t chunk = place_.at;
        if (chunk == home_.fencepost) {
            home_.bytes = 0;
            return check_.check_fencepost(chunk, free_prev_);
        }
        if (!check_.look_at(home_, chunk, free_prev_)) return false;
        free_prev_ = chunks_.is_in_use(chunk) ? none : chunk;
        place_.at = chunks_.next_of(chunk);
        return true;
    }

    /// Goes on in the region around the place, or begins the next one. False: there is none.
    constexpr bool enter_region() noexcept {
        place_.at = chunk_at(store_, place_);
        if (place_.at == none) return false;
        home_ = store_.regions().at(chunks_, store_.regions().find_below(chunks_, place_.at));
        free_prev_ = free_below(place_.at);
        return true;
    }

    /// The lower neighbour of a chunk of the region, if that is free and the chunk knows it.
    constexpr std::size_t free_below(std::size_t chunk) const noexcept {
        if (chunk == home_.first || chunks_.is_prev_in_use(chunk)) return none;
        const std::size_t size = chunks_.prev_size_of(chunk);
        if (size > chunk - home_.first || size % chunks_type::granule != 0) return none;
        const bool is_free = !chunks_.is_in_use(chunk - size) && chunks_.size_of(chunk - size) == size;
        return is_free ? chunk - size : none;
    }

    // --- lists -------------------------------------------------------------------------------------------------------

    constexpr bool check_bin_map() noexcept {
        const auto& bins = store_.index().binned();
        bool agrees = bins.map().is_consistent();
        for (std::size_t bin = 0; bin < bins_type::bin_count; ++bin) agrees = agrees && bins.agrees(chunks_, bin);
        return holds(agrees, invariant::bin_map, none);
    }

    constexpr bool look_at_binned() noexcept {
        if (at_ != none) return look_at_binned_chunk();
        const auto& bins = store_.index().binned();
        while (list_ != bins_type::bin_count && bins.is_empty(list_)) ++list_;
        if (list_ == bins_type::bin_count) return end_bins();
        at_ = bins.first(chunks_, list_++);
        return true;
    }

    constexpr bool look_at_binned_chunk() noexcept {
        if (!holds(check_.may_start_chunk(at_), invariant::links, none)) return false;
        const std::size_t chunk = at_;
        const bool belongs = seen_.listed_chunks++ != check_.seen().listed_chunks && !chunks_.is_in_use(chunk) &&
                             is_in_bin(chunk, list_ - 1);
        at_ = store_.index().binned().after(chunks_, chunk);
        return holds(belongs, invariant::binned_once, chunk);
    }

    constexpr bool end_bins() noexcept {
        const auto& index = store_.index();
        const unsigned loose = (index.remainder().chunk == none ? 0u : 1u) + (index.top().chunk == none ? 0u : 1u);
        const bool are_loose_sound = check_.seen().loose_chunks == loose && index.are_loose_sizes_sound(chunks_);
        const bool are_all_seen = seen_.listed_chunks == check_.seen().listed_chunks;
        holds(are_all_seen && are_loose_sound, invariant::binned_once, index.remainder().chunk);
        list_ = 0;
        return false;
    }

    constexpr bool is_in_bin(std::size_t chunk, std::size_t bin) const noexcept {
        const std::size_t size = chunks_.size_of(chunk);
        return size >= chunks_type::min_chunk && size <= classes::largest && classes::bin_of(size) == bin;
    }

    constexpr bool look_at_cached() noexcept {
        if constexpr (!Store::is_deferred) return false;
        else {
            if (at_ != none) return look_at_cached_chunk();
            link first = chunks_type::no_link;
            while (first == chunks_type::no_link && list_ != Store::cache_type::list_count)
                first = store_.cache().first(list_++);
            if (first == chunks_type::no_link) return end_cached();
            at_ = chunks_.chunk_at(first);
            return true;
        }
    }

    constexpr bool look_at_cached_chunk() noexcept {
        if (!holds(check_.may_start_chunk(at_), invariant::links, none)) return false;
        const std::size_t chunk = at_;
        const std::size_t header = chunks_.header_of(chunk);
        const link next = chunks_.next_cached(chunk);
        const bool belongs = seen_.cached_chunks++ != check_.seen().cached_chunks &&
                             state_in<chunks_type>(header) == chunk_state::cached &&
                             chunks_type::size_in(header) == Store::cache_type::size_in_list(list_ - 1);
        at_ = next == chunks_type::no_link ? none : chunks_.chunk_at(next);
        return holds(belongs, invariant::binned_once, chunk);
    }

    constexpr bool end_cached() noexcept {
        const bool are_all_seen = seen_.cached_chunks == check_.seen().cached_chunks;
        holds(are_all_seen && store_.cache().is_cursor_sound(), invariant::binned_once, none);
        return false;
    }

    constexpr bool check_accounting() noexcept {
        const auto& regions = store_.regions();
        const auto& chunks = check_.seen();
        const bool same = seen_.regions == regions.count() && seen_.region_bytes == regions.bytes() &&
                          seen_.tiled_bytes == regions.tiled_bytes() && chunks.free_chunks == store_.index().count() &&
                          chunks.cached_bytes == store_.cache().bytes() &&
                          chunks.in_use_bytes == store_.in_use_bytes() &&
                          chunks.in_use_chunks == store_.in_use_chunks();
        const bool is_hot_a_region = chunks_.hot().bytes == 0 || seen_.hot_regions == 1;
        const bool is_hot_sound = is_hot_a_region && regions.are_hot_starts_sound(chunks_);
        return holds(same && is_hot_sound && account_.is_sound(), invariant::accounting, none);
    }

    const Store& store_;
    const chunks_type& chunks_;
    chunk_check<Store> check_{store_};
    account_check<Store> account_{store_};
    counts seen_{};
    stage stage_ = stage::regions;
    bool is_of_one_moment_ = true;
    cursor place_{};
    region home_{};  // around the place; of 0 bytes: to be found
    std::size_t free_prev_ = none;
    std::size_t list_ = 0;   // the next one to begin
    std::size_t at_ = none;  // in the one begun last
};

}  // namespace allot::detail
