// The free chunks of each bin, in a ring around a head.
//
//     push_front(b)      head <-> [ b ] <-> [ a ] <-> head
//     push_back(c)       head <-> [ b ] <-> [ a ] <-> [ c ] <-> head
//     unlink(a)          head <-> [ b ] <-> [ c ] <-> head             no branch: whatever is beside it has two links
//
// The head of an empty list leads to itself. Lists begin as zeros: `link_heads` comes before all else.
//
// Guarantees: constexpr, O(1) a call; nothing is checked here.
#pragma once

#include <allot/free/list_heads.hpp>

#include <cstddef>

namespace allot::detail {

template <class Chunks, std::size_t Count>
class free_lists {
    using link = typename Chunks::link;

public:
    /// The first member of a list: a chunk, or the head if it is empty.
    ALLOT_INLINE constexpr std::size_t first(const Chunks& chunks, std::size_t list) const noexcept {
        return heads_.member_at(chunks, heads_.next(chunks, head(chunks, list)));
    }

    /// The chunk behind another one in its list; `none` behind the last.
    constexpr std::size_t after(const Chunks& chunks, std::size_t chunk) const noexcept {
        const std::size_t member = heads_.member_at(chunks, chunks.next_free(chunk));
        return heads_.has(member) ? none : member;
    }

    /// True if the head of a list has the links of an empty one.
    constexpr bool is_empty(const Chunks& chunks, std::size_t list) const noexcept {
        const link end = are_linked(chunks) ? heads_.link_to(list) : Chunks::no_link;
        const std::size_t anchor = head(chunks, list);
        return heads_.next(chunks, anchor) == end && heads_.prev(chunks, anchor) == end;
    }
    constexpr bool are_linked(const Chunks& chunks) const noexcept {
        return heads_.next(chunks, head(chunks, 0)) != Chunks::no_link;
    }

    /// Makes all lists empty ones. To be called once. O(lists).
    constexpr void link_heads(Chunks& chunks) noexcept {
        for (std::size_t list = 0; list != Count; ++list) {
            heads_.set_next(chunks, head(chunks, list), heads_.link_to(list));
            heads_.set_prev(chunks, head(chunks, list), heads_.link_to(list));
        }
    }

    /// Puts a free chunk in front. True: it is the only one.
    ALLOT_INLINE constexpr bool push_front(Chunks& chunks, std::size_t chunk, std::size_t list) noexcept {
        const std::size_t anchor = head(chunks, list);
        const link end = heads_.link_to(list);
        const link next = heads_.next(chunks, anchor);
        const link self = chunks.link_to(chunk);
        chunks.set_links(chunk, next, end);
        heads_.set_prev(chunks, heads_.member_at(chunks, next), self);
        heads_.set_next(chunks, anchor, self);
        return next == end;
    }

    /// Puts a free chunk behind all others.
    ALLOT_INLINE constexpr void push_back(Chunks& chunks, std::size_t chunk, std::size_t list) noexcept {
        const std::size_t anchor = head(chunks, list);
        const link last = heads_.prev(chunks, anchor);
        const link self = chunks.link_to(chunk);
        chunks.set_links(chunk, heads_.link_to(list), last);
        heads_.set_next(chunks, heads_.member_at(chunks, last), self);
        heads_.set_prev(chunks, anchor, self);
    }

    /// Takes a free chunk out of its list. True: it was the only one.
    ALLOT_INLINE constexpr bool unlink(Chunks& chunks, std::size_t chunk) noexcept {
        const link next = chunks.next_free(chunk);
        const link prev = chunks.prev_free(chunk);
        heads_.set_next(chunks, heads_.member_at(chunks, prev), next);
        heads_.set_prev(chunks, heads_.member_at(chunks, next), prev);
        return next == prev;
    }

    /// Takes the first chunk out of a list. True: it was the only one.
    ALLOT_INLINE constexpr bool unlink_first(Chunks& chunks, std::size_t chunk, std::size_t list) noexcept {
        const link end = heads_.link_to(list);
        const link next = chunks.next_free(chunk);
        heads_.set_next(chunks, head(chunks, list), next);
        heads_.set_prev(chunks, heads_.member_at(chunks, next), end);
        return next == end;
    }

    // --- for whoever looks at chunks that may be damaged -------------------------------------------------------------

    ALLOT_INLINE constexpr bool is_head(std::size_t member) const noexcept { return heads_.has(member); }
    ALLOT_INLINE constexpr link link_to_head(std::size_t list) const noexcept { return heads_.link_to(list); }

    /// The members behind and before a chunk; they need not be any.
    ALLOT_INLINE constexpr std::size_t next_of(const Chunks& chunks, std::size_t chunk) const noexcept {
        return heads_.member_at(chunks, chunks.next_free(chunk));
    }
    ALLOT_INLINE constexpr std::size_t prev_of(const Chunks& chunks, std::size_t chunk) const noexcept {
        return heads_.member_at(chunks, chunks.prev_free(chunk));
    }

    /// True if the link of a member leads to `chunk`.
    ALLOT_INLINE constexpr bool is_before(const Chunks& chunks, std::size_t member, std::size_t chunk) const noexcept {
        return heads_.next(chunks, member) == chunks.link_to(chunk);
    }
    ALLOT_INLINE constexpr bool is_behind(const Chunks& chunks, std::size_t member, std::size_t chunk) const noexcept {
        return heads_.prev(chunks, member) == chunks.link_to(chunk);
    }

    /// To be called when the origin of the links is about to move: those of a list that lead to chunks count `granules` more from
    /// then on. Pre: not empty.
    constexpr void shift(Chunks& chunks, std::size_t list, link granules) noexcept {
        std::size_t member = head(chunks, list);
        do {
            const link next = heads_.next(chunks, member);
            heads_.set_next(chunks, member, Chunks::shifted(next, granules));
            heads_.set_prev(chunks, member, Chunks::shifted(heads_.prev(chunks, member), granules));
            member = heads_.member_at(chunks, next);
        } while (!heads_.has(member));
    }

private:
    ALLOT_INLINE constexpr std::size_t head(const Chunks& chunks, std::size_t list) const noexcept {
        return heads_.member_at(chunks, heads_.link_to(list));
    }

    list_heads<Chunks, Count> heads_{};
};

}  // namespace allot::detail
