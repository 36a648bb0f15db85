// How many bytes may wait in the cache of a heap.
//
//     most  |-----.                  .---     what the traits say
//           |     |              .-'          a byte more whenever a chunk finds no room
//     least |     |         .--'
//        0  |     `---------'                 closed: nothing waits, so nothing is to be merged later either
//                 ^ memory was short: what waited had to be merged, chunk by chunk, before a request could have it
//
// A heap that is short of memory is so again soon, and then all that waits delays one call. So nothing may wait from there on,
// and slowly more once memory has sufficed for long: the slow restart and additive increase of TCP's congestion window.
// In a heap that frees have taken far below its peak less than half of what is left may wait, so that it is whole again when
// all has come back.
//
// Guarantees: constexpr, O(1), plain numbers.
#pragma once

#include <allot/base/config.hpp>

#include <cstddef>

namespace allot::detail {

/// `Limit`: what the traits allow together. `LargestChunk`: the largest that may wait; it never takes the cache beyond its room.
template <std::size_t Limit, std::size_t LargestChunk>
class cache_room {
public:
    /// No more than half of all addresses, so that the sums below cannot wrap.
    static constexpr std::size_t limit = Limit < ~std::size_t{0} / 2 ? Limit : ~std::size_t{0} / 2;
    static constexpr std::size_t most = limit < LargestChunk ? 0 : limit - LargestChunk + 1;
    static constexpr std::size_t least = most < 4 * LargestChunk ? most : 4 * LargestChunk;

    /// How many chunks find it closed.
    static constexpr std::size_t pause = most / 4 < 32768 ? most / 4 : 32768;

    /// To be called when a request has to wait for chunks to be merged. Where memory comes there is a new room.
    constexpr void memory_is_short() noexcept { withheld_ = most - least + pause; }

    /// To be called when a chunk finds no room.
    constexpr void grow() noexcept {
        if (withheld_ != 0) --withheld_;
    }

    /// True while there is none at all.
    constexpr bool is_closed() const noexcept { return withheld_ > most - least; }

    /// The room while `taken` bytes are taken from the free chunks.
    constexpr std::size_t of(std::size_t taken, bool is_far_below_peak) const noexcept {
        const std::size_t room = is_closed() ? 0 : most - withheld_;
        const std::size_t half = taken / 2;
        if (half >= room || !is_far_below_peak) return room;
        return half < LargestChunk ? 0 : half - LargestChunk;
    }

private:
    std::size_t withheld_ = 0;
};

/// Immediate coalescing: nothing ever waits.
struct no_cache_room {};

}  // namespace allot::detail
