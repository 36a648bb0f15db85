// What passes between a lane and the store behind it: the one place that sees both.
//
//     take:   lane without one   store --- one for the caller, some more of its size ---> lane
//     drain:  lane too full      lane  --- one of each size in turn ---> store, as if their owners had put them there
//
// Guarantees: O(1), or O(chunks moved); for whoever holds the lane and the store alone.
#pragma once

#include <allot/lanes/lane.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class lane_exchange {
    using chunks_type = typename Store::chunks_type;

public:
    constexpr lane_exchange(Store& store, lane<Store>& lane) noexcept : store_(store), lane_(lane) {}

    /// Makes the region of a payload that a caller claims to hold the one near the lane; any other payload is a crime.
    constexpr void show_region_of(std::size_t payload) noexcept {
        store_.owned_chunk_of(payload);
        show();
    }

    /// A chunk of `size` for a caller whose lane has none at hand. `none`: there is no memory for it.
    constexpr std::size_t take(std::size_t size) noexcept {
        if (lane_.peek(size) != none) return must_take_waiting(size);
        if (lane_.bytes() == 0) show();
        const std::size_t taken = take_from_store(size);
        if (taken != none) fill(size);
        return taken;
    }

    /// Moves some chunks to the store if the lane has no room. O(1).
    constexpr void drain() noexcept {
        if (lane_.has_room()) return;
        for (std::size_t i = 0; i < most_drained_a_call && lane_.bytes() != 0; ++i) move_one_down();
    }

    /// Moves every chunk to the store. O(chunks).
    constexpr void empty() noexcept {
        while (lane_.bytes() != 0) move_one_down();
        if (store_.is_falling()) lane_.limit_to(0);
    }

private:
    static constexpr std::size_t most_moved_up = 15;
    static constexpr std::size_t most_drained_a_call = 32;

    [[gnu::noinline]] constexpr std::size_t take_from_store(std::size_t size) noexcept {
        return store_.take({size, chunks_type::granule});
    }

    /// Moves chunks of `size` to the lane, while the store has some of exactly that size at hand.
    constexpr void fill(std::size_t size) noexcept {
        for (std::size_t i = 0; i < most_moved_up && lane_.has_room() && store_.has_spare(size); ++i) {
            const std::size_t chunk = take_from_store(size);
            const std::size_t held = store_.chunks().size_of(chunk);
            if (held != size) return store_.put(chunk, held);
            lane_.push(chunk, size);
        }
    }

    constexpr void move_one_down() noexcept {
        const std::size_t size = lane_.some_size();
        store_.put(must_take_waiting(size), size);
    }

    /// While the heap shrinks nothing is to wait.
    constexpr void show() noexcept {
        lane_.show(store_.chunks(), store_.regions().hot_starts());
        lane_.limit_to(store_.is_falling() ? 0 : Store::lane_bytes_limit);
    }

    /// Pre: the list of this size is not empty. That its first chunk is not sound is a crime.
    constexpr std::size_t must_take_waiting(std::size_t size) noexcept {
        const std::size_t chunk = lane_.peek(size);
        if constexpr (Store::is_checked) {
            const bool may_start_chunk = store_.regions().visit(store_.chunks(), chunk) && store_.inspect().may_start_chunk(chunk);
            if (!may_start_chunk || !lane_.is_waiting(chunk, size)) [[unlikely]] Store::report_corruption({corruption_kind::broken_link, chunk});
            show();
        }
        lane_.pop(chunk, size);
        return chunk;
    }

    Store& store_;
    lane<Store>& lane_;
};

}  // namespace allot::detail
