// What passes between a lane and the store behind it: the one place that changes both.
//
//     refill:  lane without one   store --- one for the caller, some more of its size ---> lane
//              of a size that the store has not   free --- a row of them, side by side ---> lane
//     spill:   lane too full      lane  --- one of each size in turn ---> store, as if their owners had put them there
//
// A row has cache lines of its own but for its first header, so that two lanes share few.
//
// Guarantees: constexpr, O(1), or O(chunks moved); for whoever holds the lane and the store alone.
#pragma once

#include <allot/lanes/lane.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class lane_exchange {
    using chunks_type = typename Store::chunks_type;

public:
    constexpr lane_exchange(Store& store, lane<Store>& lane) noexcept : store_(store), lane_(lane) {}

    /// Makes the region of a payload that a caller claims to own the one that the lane knows; any other payload is a corruption.
    ALLOT_COLD constexpr void learn_region_of(std::size_t payload) noexcept {
        store_.owned_chunk_of(payload);
        learn_hot_region();
    }

    /// A chunk of `size` for a caller whose lane has none at hand, and some more for the lane. `none`: there is no memory for it.
    ALLOT_APART constexpr std::size_t refill(std::size_t size) noexcept {
        if (lane_.peek(size) != none) return must_take_waiting(size);
        if (lane_.bytes() == 0) learn_hot_region();
        const std::size_t row = take_row(size);
        const std::size_t taken = row != none ? row : take_from_store(size);
        if (taken == none) return none;
        // What an earlier life left there may look as if the chunk waited.
        store_.chunks().set_links(taken, chunks_type::no_link, chunks_type::no_link);
        if (row == none) fill(size);
        return taken;
    }

    /// Moves some chunks to the store if the lane has no room. O(1).
    ALLOT_APART constexpr void spill() noexcept {
        if (lane_.has_room()) return;
        for (std::size_t i = 0; i < most_spilled_a_call && lane_.bytes() != 0; ++i) spill_one();
    }

    /// Moves every chunk to the store. O(chunks).
    ALLOT_COLD constexpr void spill_all() noexcept {
        while (lane_.bytes() != 0) spill_one();
        if (store_.is_falling()) lane_.limit_to(0);
    }

private:
    static constexpr std::size_t most_refilled = 15;
    static constexpr std::size_t chunks_in_row = most_refilled + 1;
    static constexpr std::size_t largest_in_row = 256;
    static constexpr std::size_t row_alignment =
        cache_line_bytes < chunks_type::granule ? chunks_type::granule : cache_line_bytes;
    static constexpr std::size_t most_spilled_a_call = 32;

    ALLOT_APART constexpr std::size_t take_from_store(std::size_t size) noexcept {
        return store_.take({size, chunks_type::granule});
    }

    /// Moves chunks of `size` to the lane, while the store has some of exactly that size at hand.
    constexpr void fill(std::size_t size) noexcept {
        for (std::size_t i = 0; i < most_refilled && lane_.has_room() && has_spare(size); ++i) {
            const std::size_t chunk = take_from_store(size);
            const std::size_t taken_size = store_.chunks().size_of(chunk);
            if (taken_size != size) return store_.put(chunk, {taken_size});
            lane_.push(chunk, {size});
        }
    }

    /// Takes a row where no chunk of `size` is at hand: the lowest one for the caller, the others for the lane. `none`: there is none,
    /// or they are so large that few would share a line anyway.
    constexpr std::size_t take_row(std::size_t size) noexcept {
        const std::size_t bytes = chunks_in_row * size;
        if (size > largest_in_row || is_listed(size) || !lane_.has_room()) return none;
        if (!has_loose(bytes + row_alignment + chunks_type::min_chunk)) return none;
        const std::size_t row = store_.take({bytes, row_alignment});
        if (row == none) return none;  // what was loose has merged, and lies in a bin where it is not found
        const std::size_t taken_bytes = store_.chunks().size_of(row);
        if (taken_bytes == bytes) return cut_row(row, {size});
        store_.put(row, {taken_bytes});
        return none;
    }

    /// [ --------- in use --------- ]   =>   [ in use, the caller's ][ waiting ][ waiting ]
    constexpr std::size_t cut_row(std::size_t row, chunk_size size) noexcept {
        chunks_type& chunks = store_.chunks();
        const std::size_t bytes = chunks.size_of(row);
        store_.counted().was_cut(chunks_in_row);
        for (std::size_t chunk = row + bytes - size.bytes; chunk != row; chunk -= size.bytes) {
            chunks.set_header(chunk, size.bytes | chunks_type::in_use | chunks_type::prev_in_use);
            lane_.push(chunk, size);
        }
        chunks.set_header(row, chunks.header_of(row) - (bytes - size.bytes));
        return row;
    }

    /// True if the store has a chunk of `size` without a long search.
    constexpr bool has_spare(std::size_t size) const noexcept { return is_listed(size) || has_loose(size); }

    /// True if chunks of `size` were given back to the store.
    constexpr bool is_listed(std::size_t size) const noexcept {
        const bool is_cached =
            Store::cache_type::is_cacheable(size) && store_.cache().peek(store_.chunks(), size) != none;
        return is_cached || !store_.index().binned().is_empty(Store::classes::bin_of(size));
    }

    /// True if a loose chunk has so many bytes.
    constexpr bool has_loose(std::size_t bytes) const noexcept {
        return store_.index().remainder().size >= bytes || store_.index().top().size >= bytes;
    }

    constexpr void spill_one() noexcept {
        const std::size_t size = lane_.some_size();
        store_.put(must_take_waiting(size), {size});
    }

    /// While the heap shrinks nothing is to wait.
    constexpr void learn_hot_region() noexcept {
        lane_.learn_region(store_.chunks());
        lane_.limit_to(store_.is_falling() ? 0 : Store::knobs::lane_bytes_limit);
    }

    /// Pre: the list of this size is not empty. That its first chunk is not sound is a corruption.
    constexpr std::size_t must_take_waiting(std::size_t size) noexcept {
        const std::size_t chunk = lane_.peek(size);
        if constexpr (Store::is_checked) {
            const bool is_start =
                store_.regions().visit(store_.chunks(), chunk) && store_.inspect().may_start_chunk(chunk);
            const bool is_sound = is_start && lane_.is_waiting(chunk, size);
            if (!is_sound) [[unlikely]]
                store_.free().report_not_listed(store_.chunks(), chunk);
            learn_hot_region();
        }
        lane_.pop(chunk, {size});
        return chunk;
    }

    Store& store_;
    lane<Store>& lane_;
};

}  // namespace allot::detail
