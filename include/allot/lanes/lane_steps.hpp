// The steps of a heap whose lock has lanes in front of it.
//
//     the lane alone         is_near   take_waiting   put_waiting
//     two lanes alone        trade_for_chunks   trade_for_room
//     the lane and the heap  show   serve   drain
//     the heap alone         is_marked
//     every lane, the heap   for_each_waiting   is_waiting_in   reveal   hide
//
// Who calls a step holds what it names. A payload is looked at in the lane alone only after the lane was shown its region.
//
// Guarantees: no step calls anything outside the library but the corruption hook.
#pragma once

#include <allot/lanes/lane_exchange.hpp>
#include <allot/core/heap_steps.hpp>

#include <cstddef>

namespace allot::detail {

template <class Traits>
class lane_steps : public heap_steps<Traits> {
    using steps = heap_steps<Traits>;

protected:
    using typename steps::chunks_type;
    using typename steps::requests;
    using typename steps::store_type;
    using steps::chunk_under;
    using steps::payload_of;
    using steps::store_;

public:
    using lane_type = lane<store_type>;

    /// None where nothing is ever cached.
    static constexpr std::size_t lanes = store_type::is_deferred ? Traits::lanes : 0;
    static constexpr std::size_t largest_waiting_request = store_type::largest_cacheable_request;

    // --- the lane alone ----------------------------------------------------------------------------------------------

    ALLOT_INLINE static bool knows(const lane_type& lane, const void* payload) noexcept {
        return lane.knows(chunk_under(payload));
    }

    /// Pre: at most `largest_waiting_request`.
    ALLOT_INLINE static void* take_waiting(lane_type& lane, std::size_t bytes) noexcept {
        const std::size_t chunk = lane.take(requests::chunk_size_for(bytes));
        return chunk == none ? nullptr : payload_of(chunk);
    }

    /// False: the payload is for the heap. Pre: near.
    ALLOT_INLINE static bool put_waiting(lane_type& lane, void* payload, std::size_t bytes) noexcept {
        return lane.put(chunk_under(payload), bytes);
    }

    // --- two lanes alone ---------------------------------------------------------------------------------------------

    /// Gets the lane chunks for a request, from another that has more. False: it has not. Pre: as take_waiting.
    static bool trade_for_chunks(lane_type& lane, lane_type& other, std::size_t bytes) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        if (other.count_of(size) <= lane.count_of(size)) return false;
        lane.trade(other, size);
        return true;
    }

    /// Gets the lane room for chunks like that of a payload, from another that has fewer and room. False: it has not. Pre: near.
    static bool trade_for_room(lane_type& lane, lane_type& other, const void* payload) noexcept {
        const std::size_t size = steps::usable_size(payload) + steps::chunk_overhead;
        if (!store_type::is_cacheable(size) || !other.has_room()) return false;
        if (lane.count_of(size) < other.count_of(size) + fewest_traded_for_room) return false;
        lane.trade(other, size);
        return true;
    }

    // --- the lane and the heap ---------------------------------------------------------------------------------------

    /// Makes the region of a payload near the lane. That no caller holds the payload is a crime.
    ALLOT_COLD void show(lane_type& lane, const void* payload) noexcept {
        exchange(lane).show_region_of(direct_memory::address_of(payload));
    }

    /// A payload for a lane that has none of its size at hand. Pre: at most `largest_waiting_request`. Failure: nullptr.
    [[gnu::noinline]] void* serve(lane_type& lane, std::size_t bytes) noexcept {
        const std::size_t chunk = exchange(lane).take(requests::chunk_size_for(bytes));
        return chunk == none ? nullptr : payload_of(chunk);
    }

    /// Makes room in a lane that has none, by a bounded number of chunks.
    [[gnu::noinline]] void drain(lane_type& lane) noexcept { exchange(lane).drain(); }

    /// O(waiting chunks).
    ALLOT_COLD void empty(lane_type& lane) noexcept { exchange(lane).empty(); }

    /// True once after a shrinking heap needs what waits in every lane.
    [[nodiscard]] bool tells_of_fall() noexcept { return store_.tells_of_fall(); }

    // --- the heap alone ----------------------------------------------------------------------------------------------

    /// True if a payload, which a caller must hold, looks as if it waited in a lane.
    [[nodiscard]] bool is_marked(void* payload) noexcept {
        return store_.chunks().is_marked_waiting(steps::loose_chunk(payload));
    }

    /// True if all links must count from elsewhere to reach a span.
    [[nodiscard]] bool is_beyond_links(memory_span span) noexcept {
        return steps::edit().is_beyond_links(direct_memory::address_of(span.base), span.bytes);
    }

    /// `largest_free` of the stats, where `for_each` calls what it is given for every chunk that waits and reads as cached.
    template <class ForEach>
    [[nodiscard]] std::size_t largest_free_with(ForEach&& for_each) const noexcept {
        return store_.largest_free_with(for_each);
    }

    /// True if a span is one that can be taken back once it is free.
    [[nodiscard]] bool is_an_end(const void* base, std::size_t bytes) noexcept {
        return steps::edit().is_an_end(direct_memory::address_of(base), bytes);
    }

    [[noreturn]] static void report_double_free(const void* payload) noexcept {
        steps::report_corruption(corruption_kind::double_free, payload);
    }

    // --- every lane and the heap -------------------------------------------------------------------------------------

    /// Calls `visit(chunk, size)` for what waits in a lane. False, and no further, where its lists are broken.
    template <class Visit>
    bool for_each_waiting(const lane_type& lane, Visit&& visit) const noexcept {
        return lane.for_each([this](std::size_t chunk) { return store_.inspect().may_start_chunk(chunk); }, visit);
    }

    bool is_sound(const lane_type& lane) const noexcept {
        return for_each_waiting(lane, [](std::size_t, std::size_t) {});
    }

    bool is_waiting_in(const lane_type& lane, const void* payload) const noexcept {
        bool is_found = false;
        for_each_waiting(lane, [&](std::size_t chunk, std::size_t) { is_found |= chunk == chunk_under(payload); });
        return is_found;
    }

    /// Makes what waits in a lane read as cached, for a walk over the heap, until it is hidden again.
    void reveal(const lane_type& lane) const noexcept {
        chunks_type chunks = store_.chunks();
        for_each_waiting(lane, [&](std::size_t chunk, std::size_t) { chunks.mark_cached(chunk, chunks.header_of(chunk)); });
    }
    void hide(const lane_type& lane) const noexcept {
        chunks_type chunks = store_.chunks();
        for_each_waiting(lane, [&](std::size_t chunk, std::size_t) {
            chunks.set_header(chunk, chunks.header_of(chunk) & ~chunks_type::cached);  // one that is in two lists comes twice
        });
    }

private:
    static constexpr std::size_t fewest_traded_for_room = 32;

    lane_exchange<store_type> exchange(lane_type& lane) noexcept { return {store_, lane}; }
};

}  // namespace allot::detail
