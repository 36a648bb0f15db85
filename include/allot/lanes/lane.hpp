// A lane: small chunks that were freed by one group of threads and wait for it, in front of the lock of a locked heap.
//
//     threads of lane 0 -> [ 32 -> 32    64 ] --.
//     threads of lane 1 -> [ 48    64 -> 64 ] ---+-- one lock -- heap
//
// To the heap a waiting chunk is in use: its header stays as it is, because whoever holds the lock of the heap may be
// writing what it knows of the lower neighbour into it. What tells it apart is a mark in its payload, beside the link:
// the complement of its own address, which a caller's bytes are most unlikely to be, and which its next owner never sees.
//
// Guarantees: take, put and the swaps O(1); no lock, no access to the heap: whoever uses a lane holds it alone.
#pragma once

#include <allot/core/chunk_store.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace allot::detail {

template <class Store>
class lane {
public:
    using chunks_type = typename Store::chunks_type;

    /// Requests up to this many bytes may be met from a lane.
    static constexpr std::size_t largest_request =
        align_down(waiting_limit<Store>, chunks_type::granule) - chunks_type::word_bytes;

    constexpr std::size_t bytes() const noexcept { return waiting_.bytes(); }
    constexpr bool has_room() const noexcept { return waiting_.has_room(); }

    /// How much may wait: nothing at first. Where less is to than does, it has no room until some of it was spilled.
    constexpr void limit_to(std::size_t bytes) noexcept { waiting_.limit_to(bytes); }
    constexpr std::size_t count_of(std::size_t size) const noexcept { return counts_[cache_type::list_of(size)]; }
    constexpr std::size_t count() const noexcept {
        std::size_t total = 0;
        for (const std::uint32_t each : counts_) total += each;
        return total;
    }

    // --- what the lane knows of the heap -----------------------------------------------------------------------------

    /// One more region in which the lane may read headers, until that one goes.
    constexpr void learn_region(const chunks_type& chunks) noexcept {
        chunks_ = chunks;
        chunks_.make_hot(chunks.hot(), starts_of(chunks));
        known_[next_learnt_] = {chunks_.hot(), chunks_.hot_starts()};
        next_learnt_ = (next_learnt_ + 1) % most_known;
    }
    constexpr void forget_regions() noexcept {
        chunks_.make_hot({}, 0);
        for (known_region& each : known_) each = {};
    }

    /// True if a chunk may start there in a region that the lane knows, which is the hot one from now on.
    ALLOT_INLINE constexpr bool knows(std::size_t chunk) noexcept { return is_in_hot(chunk) || knows_elsewhere(chunk); }

    /// The same of the hot one alone.
    ALLOT_INLINE constexpr bool is_in_hot(std::size_t chunk) const noexcept { return chunks_.may_start_in_hot(chunk); }

    // --- taking and putting ------------------------------------------------------------------------------------------

    /// A waiting chunk of exactly `size` bytes; `none` if there is none, or none that lies in a known region and is sound.
    ALLOT_INLINE constexpr std::size_t take(std::size_t size) noexcept {
        const std::size_t chunk = waiting_.peek(chunks_, size);
        if (chunk == none || (Store::is_checked && !knows(chunk))) return none;
        return take_known(size);
    }

    /// The same where the first of them is in the hot region.
    ALLOT_INLINE constexpr std::size_t take_known(std::size_t size) noexcept {
        const std::size_t chunk = waiting_.peek(chunks_, size);
        if (chunk == none) [[unlikely]]
            return none;
        if constexpr (Store::is_checked) {
            if (!chunks_.may_start_in_hot(chunk) || !is_waiting(chunk, size)) [[unlikely]]
                return none;
        }
        pop(chunk, {size});
        return chunk;
    }

    /// Keeps a small chunk that a caller surely owns, with at least as many bytes for its payload as it says. Pre: the lane knows it.
    /// False: it is any other chunk, or looks as if it waited already; nothing has changed.
    ALLOT_INLINE constexpr bool put(std::size_t chunk, payload_size owned) noexcept {
        const std::size_t size = size_in_use(chunk);
        if (!may_keep(chunk, size, owned)) [[unlikely]]
            return false;
        push(chunk, {size});
        return true;
    }

    /// The same, but false as well where a bundle of that size is whole with it: others may want one.
    ALLOT_INLINE constexpr bool put_in_bundle(std::size_t chunk, payload_size owned) noexcept {
        const std::size_t size = size_in_use(chunk);
        if (!may_keep(chunk, size, owned) || count_of(size) % bundle == bundle - 1) [[unlikely]]
            return false;
        push(chunk, {size});
        return true;
    }

    /// Keeps a chunk that no caller owns. Pre: in use, of this size.
    ALLOT_INLINE constexpr void push(std::size_t chunk, chunk_size size) noexcept {
        waiting_.push(chunks_, chunk, size.bytes);
        chunks_.mark_waiting(chunk);
        ++counts_[cache_type::list_of(size.bytes)];
    }

    /// Takes the first chunk off the list of its size. Pre: `chunk` is what `peek` found.
    ALLOT_INLINE constexpr void pop(std::size_t chunk, chunk_size size) noexcept {
        waiting_.pop(chunks_, chunk, size.bytes);
        chunks_.unmark_waiting(chunk);
        --counts_[cache_type::list_of(size.bytes)];
    }

    // --- between two lanes -------------------------------------------------------------------------------------------

    /// Gets chunks of `size` from another lane that has more of them. False: it has not.
    constexpr bool swap_for_chunks(lane& other, std::size_t size) noexcept {
        if (other.count_of(size) <= count_of(size)) return false;
        swap_lists(other, size);
        return true;
    }

    /// Leaves all chunks of `size` to another lane that has none of them, if they are a bundle, less one, or more. False: it has some,
    /// or no room. Pre: this one has room.
    constexpr bool leave_bundle(lane& other, std::size_t size) noexcept {
        if (count_of(size) < bundle - 1 || other.count_of(size) != 0) return false;
        if (!other.has_room() && other.bytes() != 0) return false;
        swap_lists(other, size);
        return true;
    }

    constexpr std::size_t peek(std::size_t size) const noexcept { return waiting_.peek(chunks_, size); }

    /// The size of some waiting chunk, another one from call to call; 0 if there is none.
    constexpr std::size_t some_size() noexcept { return waiting_.next_size(); }

    // --- looking inside ----------------------------------------------------------------------------------------------

    /// True if `chunk` looks like a waiting one of `size`, revealed or not. Pre: a chunk may start there.
    ALLOT_INLINE constexpr bool is_waiting(std::size_t chunk, std::size_t size) const noexcept {
        constexpr std::size_t may_be_set = chunks_type::cached | chunks_type::prev_flags;
        const std::size_t header = chunks_.header_seen(chunk) | may_be_set;
        return header == size + (chunks_type::in_use | may_be_set) && chunks_.is_marked_waiting(chunk);
    }

    /// Calls `visit(chunk, size)` for every waiting chunk. False, and no further, where a list leads to anything else.
    template <class MayStartChunk, class Visit>
    constexpr bool for_each(MayStartChunk&& may_start_chunk, Visit&& visit) const noexcept {
        std::size_t left = bytes();
        for (std::size_t list = 1; list < cache_type::list_count; ++list) {
            const std::size_t size = cache_type::size_in_list(list);
            std::size_t counted = counts_[list];
            for (auto at = waiting_.first(list); at != chunks_type::no_link; left -= size) {
                const std::size_t chunk = chunks_.chunk_at(at);
                if (counted-- == 0 || left < size || !may_start_chunk(chunk) || !is_waiting(chunk, size)) return false;
                at = chunks_.next_cached(chunk);
                visit(chunk, size);
            }
            if (counted != 0) return false;
        }
        return left == 0 && waiting_.is_cursor_sound();
    }

    /// The size of a chunk that a caller owns, if it may wait: 0 for any other. Pre: the lane knows it.
    ALLOT_INLINE constexpr std::size_t cacheable_size_of(std::size_t chunk) const noexcept {
        const std::size_t size = size_in_use(chunk);
        return cache_type::is_cacheable(size) ? size : 0;
    }

private:
    using cache_type = waiting_cache<Store>;

    struct known_region {
        tiled_span region{};
        std::size_t starts = 0;
    };

    static constexpr std::size_t most_known = 8;
    static constexpr std::size_t bundle = 64;

    /// At how many granules of the hot region a chunk may start that ends in it, though larger than the cache has any.
    static constexpr std::size_t starts_of(const chunks_type& chunks) noexcept {
        constexpr std::size_t fewer = cache_type::list_count - Store::cache_type::list_count;
        return chunks.hot_starts() < fewer ? 0 : chunks.hot_starts() - fewer;
    }

    /// The size of a chunk in use; of any other, no size of a chunk.
    ALLOT_INLINE constexpr std::size_t size_in_use(std::size_t chunk) const noexcept {
        return chunks_type::size_if_in_use(chunks_.header_seen(chunk));
    }

    /// True if all is as it must be for the lane to keep a chunk of this `size_in_use`.
    ALLOT_INLINE constexpr bool may_keep(std::size_t chunk, std::size_t size, payload_size owned) const noexcept {
        if (!cache_type::is_cacheable(size) || owned.bytes > size - chunks_type::word_bytes) return false;
        if constexpr (!Store::is_checked) return true;
        if ((chunks_.header_seen(chunk + size) & chunks_type::prev_in_use) == 0) [[unlikely]]
            return false;
        return !chunks_.is_marked_waiting(chunk);
    }

    ALLOT_APART constexpr bool knows_elsewhere(std::size_t chunk) noexcept {
        const known_region before{chunks_.hot(), chunks_.hot_starts()};
        for (const known_region& each : known_) {
            chunks_.make_hot(each.region, each.starts);
            if (chunks_.may_start_in_hot(chunk)) return true;
        }
        chunks_.make_hot(before.region, before.starts);
        return false;
    }

    /// Swaps the lists of `size` with another lane of the same heap. O(1), and no chunk is touched.
    constexpr void swap_lists(lane& other, std::size_t size) noexcept {
        if (bytes() == 0) learn_from(other);
        if (other.bytes() == 0) other.learn_from(*this);
        waiting_.swap_list(other.waiting_, size, size * other.count_of(size) - size * count_of(size));
        std::swap(counts_[cache_type::list_of(size)], other.counts_[cache_type::list_of(size)]);
    }

    /// Without room, as at first, it has what room the other one has. Pre: it is empty.
    constexpr void learn_from(const lane& other) noexcept {
        learn_region(other.chunks_);
        if (!has_room()) limit_to(other.waiting_.limit());
    }

    chunks_type chunks_{};
    known_region known_[most_known] = {};
    std::size_t next_learnt_ = 0;
    cache_type waiting_{};
    std::uint32_t counts_[cache_type::list_count] = {};
};

}  // namespace allot::detail
