// The free chunks of each bin, in a ring around a head, which has the two links of a free chunk, at the same places, and no header.
//
//     control block        ... | next | prev | next | prev | ...        word links: two words a head
//                              ^ payload_of(head of bin 7)
//
//     push_front(b)      head <-> [ b ] <-> [ a ] <-> head
//     push_back(c)       head <-> [ b ] <-> [ a ] <-> [ c ] <-> head
//     unlink(a)          head <-> [ b ] <-> [ c ] <-> head             no branch: whatever is beside it has two links
//
// A member of a list is a free chunk or a head, by the address at which its header is, or would be. Where the Memory reaches
// objects of the program, heads are words of it like all else. In any other Memory a head has an odd number for an address,
// which no chunk has, and its links are kept here. Compact links name heads by values that lead to no chunk.
//
// The head of an empty list leads to itself. Lists begin as zeros: `link_heads` comes before all else.
//
// Guarantees: constexpr over any Memory, O(1) a call; nothing is checked here. (Heads that are list members: Knuth, TAOCP 1,
// 2.2.5; in an allocator, dlmalloc's smallbins.)
#pragma once

#include <allot/base/bits.hpp>
#include <allot/chunks/chunk.hpp>
#include <allot/memory/memory.hpp>

#include <bit>
#include <cstddef>

namespace allot::detail {

template <class Chunks, std::size_t Count>
class list_heads {
    using link = typename Chunks::link;
    using memory_type = typename Chunks::memory_type;
    static constexpr bool is_reached = reaches_objects<memory_type>;

public:
    static_assert(Count < Chunks::reserved_links, "list_heads: more bins than compact links can name");

    /// A head, as a member of its list.
    ALLOT_INLINE constexpr std::size_t at(std::size_t head) const noexcept {
        if constexpr (is_reached)
            return memory_type::address_of(links_) - Chunks::word_bytes + head * sizeof(two_links);
        else return head << 1 | 1;
    }

    /// The link that leads to a head.
    ALLOT_INLINE constexpr link link_to(std::size_t head) const noexcept {
        if constexpr (Chunks::is_compact) return static_cast<link>(head + 1);
        else return static_cast<link>(at(head));
    }

    /// The member that a link leads to.
    ALLOT_INLINE constexpr std::size_t member_at(const Chunks& chunks, link to) const noexcept {
        if constexpr (Chunks::is_compact) return to < Chunks::reserved_links ? at(to - 1u) : chunks.chunk_at(to);
        else return chunks.chunk_at(to);
    }

    /// True if a member is a head.
    ALLOT_INLINE constexpr bool has(std::size_t member) const noexcept {
        return std::rotr(member - at(0), stride_bits) < Count;
    }

    ALLOT_INLINE constexpr link next(const Chunks& chunks, std::size_t member) const noexcept {
        if constexpr (!is_reached) {
            if (has(member)) return links_[index_of(member)].next;
        }
        return chunks.next_free(member);
    }
    ALLOT_INLINE constexpr link prev(const Chunks& chunks, std::size_t member) const noexcept {
        if constexpr (!is_reached) {
            if (has(member)) return links_[index_of(member)].prev;
        }
        return chunks.prev_free(member);
    }
    ALLOT_INLINE constexpr void set_next(Chunks& chunks, std::size_t member, link to) noexcept {
        if constexpr (!is_reached) {
            if (has(member)) return void(links_[index_of(member)].next = to);
        }
        chunks.set_next_free(member, to);
    }
    ALLOT_INLINE constexpr void set_prev(Chunks& chunks, std::size_t member, link to) noexcept {
        if constexpr (!is_reached) {
            if (has(member)) return void(links_[index_of(member)].prev = to);
        }
        chunks.set_prev_free(member, to);
    }

private:
    struct two_links {
        link next, prev;
    };
    static constexpr int stride_bits = is_reached ? static_cast<int>(highest_bit(sizeof(two_links))) : 1;

    static constexpr std::size_t index_of(std::size_t member) noexcept { return member >> 1; }

    alignas(typename memory_type::word) two_links links_[Count] = {};
};

template <class Chunks, std::size_t Count>
class free_lists {
    using link = typename Chunks::link;

public:
    /// The first member of a list: a chunk, or the head if it is empty.
    ALLOT_INLINE constexpr std::size_t first(const Chunks& chunks, std::size_t list) const noexcept {
        return heads_.member_at(chunks, heads_.next(chunks, heads_.at(list)));
    }

    /// The chunk behind another one in its list; `none` behind the last.
    constexpr std::size_t after(const Chunks& chunks, std::size_t chunk) const noexcept {
        const std::size_t member = heads_.member_at(chunks, chunks.next_free(chunk));
        return heads_.has(member) ? none : member;
    }

    /// The last member of a list, and the one before a chunk: a chunk or the head.
    constexpr std::size_t last(const Chunks& chunks, std::size_t list) const noexcept {
        return heads_.member_at(chunks, heads_.prev(chunks, heads_.at(list)));
    }
    constexpr std::size_t before(const Chunks& chunks, std::size_t chunk) const noexcept {
        return heads_.member_at(chunks, chunks.prev_free(chunk));
    }

    /// True if the head of a list has the links of an empty one.
    constexpr bool is_empty(const Chunks& chunks, std::size_t list) const noexcept {
        const link end = are_linked(chunks) ? heads_.link_to(list) : Chunks::no_link;
        const std::size_t anchor = heads_.at(list);
        return heads_.next(chunks, anchor) == end && heads_.prev(chunks, anchor) == end;
    }
    constexpr bool are_linked(const Chunks& chunks) const noexcept {
        return heads_.next(chunks, heads_.at(0)) != Chunks::no_link;
    }

    /// Makes all lists empty ones. To be called once. O(lists).
    constexpr void link_heads(Chunks& chunks) noexcept {
        for (std::size_t list = 0; list != Count; ++list) {
            heads_.set_next(chunks, heads_.at(list), heads_.link_to(list));
            heads_.set_prev(chunks, heads_.at(list), heads_.link_to(list));
        }
    }

    /// Puts a free chunk in front. True: it is the only one.
    ALLOT_INLINE constexpr bool push_front(Chunks& chunks, std::size_t chunk, std::size_t list) noexcept {
        const std::size_t anchor = heads_.at(list);
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
        const std::size_t anchor = heads_.at(list);
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
        heads_.set_next(chunks, heads_.at(list), next);
        heads_.set_prev(chunks, heads_.member_at(chunks, next), end);
        return next == end;
    }

    constexpr const list_heads<Chunks, Count>& heads() const noexcept { return heads_; }

    /// To be called when the origin of the links is about to move: those of a list that lead to chunks count `granules` more from
    /// then on. Pre: not empty.
    constexpr void shift(Chunks& chunks, std::size_t list, link granules) noexcept {
        std::size_t member = heads_.at(list);
        do {
            const link next = heads_.next(chunks, member);
            heads_.set_next(chunks, member, Chunks::shifted(next, granules));
            heads_.set_prev(chunks, member, Chunks::shifted(heads_.prev(chunks, member), granules));
            member = heads_.member_at(chunks, next);
        } while (!heads_.has(member));
    }

private:
    list_heads<Chunks, Count> heads_{};
};

}  // namespace allot::detail
