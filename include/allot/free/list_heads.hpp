// The heads of the free lists: each has the two links of a free chunk, at the same places, and no header.
//
//     control block        ... | next | prev | next | prev | ...        word links: two words a head
//                              ^ payload_of(head of bin 7)
//
// So a list is a ring, and whoever takes a chunk out of it need not ask whether the head is beside it:
//
//     +-> head of bin 9 <-> [ 144 ] <-> [ 144 ] <-+
//     +-------------------------------------------+
//
// A member is what a link may lead to: a free chunk or a head, by the address at which its header is, or would be. Where the
// Memory reaches objects of the program, heads are words of it like all else. In any other Memory a head has an odd number for
// an address, which no chunk has, and its links are kept here. Compact links name heads by values that lead to no chunk.
//
// Guarantees: constexpr over any Memory; O(1); zeros until they are linked. (Heads that are list members: Knuth, TAOCP 1,
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

    /// The link that leads to a head.
    ALLOT_INLINE constexpr link link_to(std::size_t head) const noexcept {
        if constexpr (Chunks::is_compact) return static_cast<link>(head + 1);
        else return static_cast<link>(address_of_head(head));
    }

    /// The member that a link leads to.
    ALLOT_INLINE constexpr std::size_t member_at(const Chunks& chunks, link to) const noexcept {
        if constexpr (Chunks::is_compact)
            return to < Chunks::reserved_links ? address_of_head(to - 1u) : chunks.chunk_at(to);
        else return chunks.chunk_at(to);
    }

    /// True if a member is a head.
    ALLOT_INLINE constexpr bool has(std::size_t member) const noexcept {
        return std::rotr(member - address_of_head(0), stride_bits) < Count;
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

    ALLOT_INLINE constexpr std::size_t address_of_head(std::size_t head) const noexcept {
        if constexpr (is_reached)
            return memory_type::address_of(links_) - Chunks::word_bytes + head * sizeof(two_links);
        else return head << 1 | 1;
    }
    static constexpr std::size_t index_of(std::size_t member) noexcept { return member >> 1; }

    alignas(typename memory_type::word) two_links links_[Count] = {};
};

}  // namespace allot::detail
