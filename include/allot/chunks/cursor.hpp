// Where walks over a heap go on that let others change it between their pieces.
//
//     [ seen ][ seen ][ next ][ ... ]   merges with what is below   =>   [ ------ one chunk ------ ][ ... ]
//                     ^ cursor                                                                      ^ cursor
//
// Whoever makes one chunk of several says so, and a cursor among them goes on behind: what a walk had seen of that chunk it does
// not see twice, and what it had not is left out. Nothing else that a heap does takes a boundary between chunks away; a region
// that goes leaves a cursor without a chunk, and the walk goes on with the next region.
//
// Guarantees: constexpr; nothing at all over a Memory that is not walked in pieces; else one comparison a merge while nobody
// walks, and O(cursors) while somebody does. For whoever holds the heap alone.
#pragma once

#include <allot/chunks/size.hpp>

#include <cstddef>
#include <type_traits>

namespace allot::detail {

/// Where a walk is while it is not looking: at a chunk, or between the regions that it has seen and those that it has not. `none`
/// before the first one.
struct cursor {
    std::size_t at = none;
    cursor* next = nullptr;
};

class cursor_list {
public:
    constexpr void add(cursor& resting) noexcept {
        resting.next = first_;
        first_ = &resting;
    }

    constexpr void remove(cursor& resting) noexcept {
        cursor** at = &first_;
        while (*at != nullptr && *at != &resting) at = &(*at)->next;
        if (*at != nullptr) *at = resting.next;  // in the child of a fork it was cleared
    }

    /// For the child of a fork: the threads that walked are gone.
    constexpr void clear() noexcept { first_ = nullptr; }

    /// To be told that [from, end) is one chunk: no cursor may stay within.
    ALLOT_INLINE constexpr void move_behind(std::size_t from, std::size_t end) noexcept {
        if (first_ != nullptr) [[unlikely]]
            move_each_behind(from, end);
    }

private:
    ALLOT_COLD constexpr void move_each_behind(std::size_t from, std::size_t end) noexcept {
        for (cursor* each = first_; each != nullptr; each = each->next) {
            if (from < each->at && each->at < end) each->at = end;
        }
    }

    cursor* first_ = nullptr;
};

/// Of a heap that is walked over at once.
struct no_cursors {
    static constexpr void move_behind(std::size_t /*from*/, std::size_t /*end*/) noexcept {}
};

/// A Memory under a heap that others may change between the pieces of a walk.
template <class Memory>
concept walked_in_pieces = requires {
    typename Memory::walked_in_pieces;
};

template <class Memory>
using cursors_over = std::conditional_t<walked_in_pieces<Memory>, cursor_list, no_cursors>;

}  // namespace allot::detail
