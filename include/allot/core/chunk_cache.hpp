// Chunks that were freed but not yet coalesced: one list for each small size, last in first out.
//
//     size 32:  first -> [cached] -> [cached] -> no link        in-use flag still set: neighbours leave them alone
//     size 48:  no link
//
// A request of exactly that size takes the first one and touches no neighbour. (Deferred coalescing: the quick lists
// of Weinstock's QuickFit and dlmalloc's fastbins.) The lists are limited by the bytes in all of them.
//
// Guarantees: constexpr; push and pop O(1); singly linked through the first payload word.
#pragma once

#include <allot/free/bin_map.hpp>
#include <allot/chunks/chunk.hpp>

#include <cstddef>
#include <utility>

namespace allot::detail {

template <class Chunks, std::size_t ChunkLimit>
class chunk_cache {
    using link = typename Chunks::link;

public:
    static constexpr std::size_t largest = align_down(ChunkLimit, Chunks::granule);
    static constexpr std::size_t list_count = largest / Chunks::granule + 1;

    /// The list of a size; of what is no multiple of the granule, none that there is.
    ALLOT_INLINE static constexpr std::size_t list_of(std::size_t size) noexcept { return units_in<Chunks::granule>(size); }

    /// True if chunks of `size` have a list here; `size` need not be a chunk size. One comparison.
    ALLOT_INLINE static constexpr bool is_cacheable(std::size_t size) noexcept {
        return list_of(size) - list_of(Chunks::min_chunk) <= list_of(largest) - list_of(Chunks::min_chunk);
    }
    static constexpr std::size_t size_in_list(std::size_t list) noexcept { return list * Chunks::granule; }

    /// A cache without room, all zeros, until `limit_to` gives it some.
    constexpr chunk_cache() noexcept = default;

    /// A cache that has no room with `limit` bytes in it.
    constexpr explicit chunk_cache(std::size_t limit) noexcept : limit_(limit) {}

    constexpr std::size_t bytes() const noexcept { return bytes_; }
    constexpr bool has_room() const noexcept { return bytes_ < limit_; }
    constexpr std::size_t limit() const noexcept { return limit_; }
    constexpr void limit_to(std::size_t limit) noexcept { limit_ = limit; }
    constexpr link first(std::size_t list) const noexcept { return first_[list]; }

    /// True if `some_size` looks at lists that exist.
    constexpr bool is_cursor_sound() const noexcept { return cursor_ < list_count; }

    /// Puts a chunk, already marked as cached, in front of the list of its size.
    constexpr void push(Chunks& chunks, std::size_t chunk, std::size_t size) noexcept {
        link& first = first_[list_of(size)];
        chunks.set_next_cached(chunk, first);
        first = chunks.link_to(chunk);
        bytes_ += size;
    }

    ALLOT_INLINE constexpr bool is_empty(std::size_t size) const noexcept { return first_[list_of(size)] == Chunks::no_link; }

    /// Where the chunk is that `pop` would take, still in its list; if there is none of this size, an address in no region.
    ALLOT_INLINE constexpr std::size_t first_address(const Chunks& chunks, std::size_t size) const noexcept {
        return chunks.chunk_at(first_[list_of(size)]);
    }

    /// The same; `none` if there is none.
    constexpr std::size_t peek(const Chunks& chunks, std::size_t size) const noexcept {
        return is_empty(size) ? none : first_address(chunks, size);
    }

    /// Takes the first chunk off the list of its size. Pre: `chunk` is what `peek` found.
    constexpr void pop(const Chunks& chunks, std::size_t chunk, std::size_t size) noexcept {
        first_[list_of(size)] = chunks.next_cached(chunk);
        bytes_ -= size;
    }

    /// Calls `visit(chunk)` for each, as long as the lists agree with the bytes. O(cached chunks).
    template <class Visit>
    constexpr void for_each(const Chunks& chunks, Visit&& visit) const noexcept {
        std::size_t left = bytes_;
        for (std::size_t list = list_count - 1; list != 0; --list) {
            for (link at = first_[list]; at != Chunks::no_link && left != 0; at = chunks.next_cached(chunks.chunk_at(at))) {
                left -= left < size_in_list(list) ? left : size_in_list(list);
                visit(chunks.chunk_at(at));
            }
        }
    }

    /// How many there are. O(cached chunks): a counter would cost every small call more than all else that it counts.
    constexpr std::size_t count(const Chunks& chunks) const noexcept {
        std::size_t found = 0;
        for_each(chunks, [&](std::size_t) { ++found; });
        return found;
    }

    /// The size of some cached chunk, going round the lists from call to call; 0 if the next `looks` lists are empty.
    constexpr std::size_t some_size(std::size_t looks) noexcept {
        for (std::size_t looked_at = 0; looked_at < looks; ++looked_at) {
            if (first_[cursor_] != Chunks::no_link) return size_in_list(cursor_);
            cursor_ = cursor_ + 1 == list_count ? 0 : cursor_ + 1;
        }
        return 0;
    }

    /// The size of some cached chunk, of another list from call to call if there are several; 0 if there is none.
    constexpr std::size_t next_size() noexcept {
        cursor_ = cursor_ + 1 == list_count ? 0 : cursor_ + 1;
        return some_size(list_count);
    }

    /// Swaps the lists of `size`; this cache gains `gained` bytes by it, modulo the word.
    constexpr void swap_list(chunk_cache& other, std::size_t size, std::size_t gained) noexcept {
        std::swap(first_[list_of(size)], other.first_[list_of(size)]);
        bytes_ += gained;
        other.bytes_ -= gained;
    }

    /// To be called when the origin of the links is about to move. O(cached chunks).
    constexpr void shift(Chunks& chunks, link granules) noexcept {
        for (link& first : first_) {
            for (link at = first; at != Chunks::no_link;) {
                const std::size_t chunk = chunks.chunk_at(at);
                at = chunks.next_cached(chunk);
                chunks.set_next_cached(chunk, Chunks::shifted(at, granules));
            }
            first = Chunks::shifted(first, granules);
        }
    }

private:
    link first_[list_count] = {};
    std::size_t bytes_ = 0;
    std::size_t limit_ = 0;
    std::size_t cursor_ = 0;
};

/// Immediate coalescing: nothing is ever cached.
template <class Chunks>
class chunk_cache<Chunks, 0> {
public:
    static constexpr std::size_t list_count = 0;
    static constexpr void limit_to(std::size_t /*limit*/) noexcept {}
    static constexpr std::size_t bytes() noexcept { return 0; }
    static constexpr std::size_t count(const Chunks& /*chunks*/) noexcept { return 0; }
    template <class Visit>
    static constexpr void for_each(const Chunks& /*chunks*/, Visit&& /*visit*/) noexcept {}
    static constexpr bool is_cursor_sound() noexcept { return true; }
    static constexpr void shift(Chunks& /*chunks*/, typename Chunks::link /*granules*/) noexcept {}
};

}  // namespace allot::detail
