// The free chunks of one bin, last in first out.
//
//     first -> [ c ] <-> [ b ] <-> [ a ]          back link of c: the tag of the bin, not a chunk
//
// Guarantees: constexpr, O(1) a call; the list itself is one link. Only `remove` needs to know nothing but the chunk:
// the back link says whether it is the first.
#pragma once

#include <allot/chunks/chunk.hpp>

#include <cstddef>

namespace allot::detail {

template <class Chunks>
class free_list {
    using link = typename Chunks::link;

public:
    constexpr link first() const noexcept { return first_; }
    constexpr bool is_empty() const noexcept { return first_ == Chunks::no_link; }

    /// Puts a free chunk in front. `tag` is the back link of a first chunk.
    constexpr void push(Chunks& chunks, std::size_t chunk, link tag) noexcept {
        const link self = chunks.link_to(chunk);
        chunks.set_links(chunk, first_, tag);
        if (!is_empty()) chunks.set_prev_free(chunks.chunk_at(first_), self);
        first_ = self;
    }

    /// Puts a free chunk behind the first one. Pre: the list is not empty and the link of its first chunk is sound.
    constexpr void push_second(Chunks& chunks, std::size_t chunk) noexcept {
        const std::size_t head = chunks.chunk_at(first_);
        const link self = chunks.link_to(chunk);
        const link next = chunks.next_free(head);
        chunks.set_links(chunk, next, first_);
        chunks.set_next_free(head, self);
        if (next != Chunks::no_link) chunks.set_prev_free(chunks.chunk_at(next), self);
    }

    /// Takes the first chunk off. `next` and `tag` are its own links.
    constexpr void drop_first(Chunks& chunks, link next, link tag) noexcept {
        first_ = next;
        if (!is_empty()) chunks.set_prev_free(chunks.chunk_at(next), tag);
    }

    /// Takes off a chunk that is not the first of its list. `next` and `prev` are its own links.
    static constexpr void unlink(Chunks& chunks, link next, link prev) noexcept {
        chunks.set_next_free(chunks.chunk_at(prev), next);
        if (next != Chunks::no_link) chunks.set_prev_free(chunks.chunk_at(next), prev);
    }

    /// To be called when the origin of the links is about to move: every link of the list counts `granules` more from then on.
    constexpr void shift(Chunks& chunks, link granules) noexcept {
        for (link at = first_; at != Chunks::no_link;) {
            const std::size_t chunk = chunks.chunk_at(at);
            const link next = chunks.next_free(chunk);
            const link prev = chunks.prev_free(chunk);
            chunks.set_links(chunk, Chunks::shifted(next, granules),
                             Chunks::is_tag(prev) ? prev : Chunks::shifted(prev, granules));
            at = next;
        }
        first_ = Chunks::shifted(first_, granules);
    }

private:
    link first_ = Chunks::no_link;
};

}  // namespace allot::detail
