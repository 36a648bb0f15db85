// What a heap believes before it acts: the crime checks of hardening::basic.
//
//     deallocate(p):   p aligned?  in a region?  header in use?  size inside the region?  next neighbour agrees?
//     coalesce:        footer == header of a free neighbour?  its links mutual?             ... and only then a write
//
// The first line is one predicate of a few instructions; naming the crime is a second, cold look.
//
// Guarantees: constexpr; O(1); reads only words inside regions; writes nothing in the heap.
#pragma once

#include <allot/core/bins.hpp>
#include <allot/core/region.hpp>
#include <allot/policy/hooks.hpp>

#include <cstddef>

namespace allot::detail {

/// The outcome of an inspection: a crime and the address that shows it, or nothing.
struct finding {
    corruption_kind kind{};
    std::size_t where = none;

    constexpr explicit operator bool() const noexcept { return where != none; }
};

template <class Chunks, class Bins>
class inspection {
    using link = typename Chunks::link;

public:
    constexpr inspection(const Chunks& chunks, region_list<Chunks>& regions, const Bins& bins) noexcept
        : chunks_(chunks), regions_(regions), bins_(bins) {}

    /// True if `payload` looks like one that a caller holds.
    ALLOT_INLINE constexpr bool is_held(std::size_t payload) const noexcept {
        const std::size_t chunk = Chunks::chunk_of(payload);
        if (!is_aligned(payload, Chunks::granule) || !regions_.has_chunk(chunks_, chunk)) return false;
        const std::size_t header = chunks_.header_of(chunk);
        return has_state(header, Chunks::in_use) && is_inside(regions_.hot(), chunk, Chunks::size_in(header)) &&
               chunks_.is_prev_in_use(chunk + Chunks::size_in(header));
    }

    /// Why `is_held` is false.
    ALLOT_COLD constexpr finding crime_of(std::size_t payload) const noexcept {
        const std::size_t chunk = Chunks::chunk_of(payload);
        if (!is_aligned(payload, Chunks::granule)) return {corruption_kind::misaligned_pointer, payload};
        if (!regions_.has_chunk(chunks_, chunk)) return {corruption_kind::foreign_pointer, payload};
        const std::size_t header = chunks_.header_of(chunk);
        if (!has_state(header, Chunks::in_use)) return {corruption_kind::double_free, payload};
        return {corruption_kind::broken_header, payload};
    }

    /// True if a cached chunk of `size`, found through a link, is one.
    ALLOT_INLINE constexpr bool is_cached(std::size_t chunk, std::size_t size) const noexcept {
        if (!is_place(chunk)) return false;
        const std::size_t header = chunks_.header_of(chunk);
        return has_state(header, Chunks::in_use | Chunks::cached) && Chunks::size_in(header) == size;
    }

    /// What is wrong with the free neighbours of a chunk in use.
    constexpr finding neighbours_of(std::size_t chunk, std::size_t size) const noexcept {
        if (!regions_.has_chunk(chunks_, chunk)) return {corruption_kind::foreign_pointer, chunk};
        const region home = regions_.hot();
        const std::size_t next = chunk + size;
        if (!is_inside(home, chunk, size)) return {corruption_kind::broken_header, chunk};
        if (!chunks_.is_in_use(next)) {
            if (const finding found = free_chunk(home, next)) return found;
        }
        if (chunks_.is_prev_in_use(chunk)) return {};
        const std::size_t prev_size = chunks_.prev_size_of(chunk);
        if (prev_size == 0 || prev_size > chunk - home.first || !is_aligned(prev_size, Chunks::granule) ||
            chunks_.size_of(chunk - prev_size) != prev_size) {
            return {corruption_kind::broken_footer, chunk - Chunks::word_bytes};
        }
        return free_chunk(home, chunk - prev_size);
    }

    /// What is wrong with the links of a free chunk: each must lead to a chunk that leads back.
    constexpr finding links_of(std::size_t chunk) const noexcept {
        const link self = chunks_.link_to(chunk);
        const link next = chunks_.next_free(chunk);
        const link back = chunks_.prev_free(chunk);
        const finding broken{corruption_kind::broken_link, Chunks::payload_of(chunk)};
        if (next != Chunks::no_link && !leads_back(chunks_.chunk_at(next), self)) return broken;
        if (!Chunks::is_tag(back)) {
            const std::size_t prev = chunks_.chunk_at(back);
            return is_place(prev) && chunks_.next_free(prev) == self ? finding{} : broken;
        }
        const std::size_t bin = Chunks::bin_in(back);
        if (bin == Chunks::unlisted) return {};
        return bin < Bins::bin_count && bins_.first(bin) == self ? finding{} : broken;
    }

private:
    static constexpr bool has_state(std::size_t header, std::size_t state) noexcept {
        return (header & (Chunks::in_use | Chunks::cached)) == state;
    }
    static constexpr bool is_inside(const region& home, std::size_t chunk, std::size_t size) noexcept {
        return size - Chunks::min_chunk <= home.fencepost - chunk - Chunks::min_chunk;
    }
    constexpr bool is_place(std::size_t chunk) const noexcept {
        return is_aligned(Chunks::payload_of(chunk), Chunks::granule) && regions_.has_chunk(chunks_, chunk);
    }
    constexpr bool leads_back(std::size_t next, link self) const noexcept {
        return is_place(next) && chunks_.prev_free(next) == self;
    }

    /// What is wrong with a chunk that is said to be free.
    constexpr finding free_chunk(const region& home, std::size_t chunk) const noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        const std::size_t size = Chunks::size_in(header);
        if (header != (size | Chunks::prev_in_use) || !is_inside(home, chunk, size)) {
            return {corruption_kind::broken_header, chunk};
        }
        const bool has_footer = !Chunks::has_minimal || size != Chunks::min_chunk;
        if (has_footer && chunks_.footer_of(chunk, size) != size) return {corruption_kind::broken_footer, chunk};
        return links_of(chunk);
    }

    const Chunks& chunks_;
    region_list<Chunks>& regions_;
    const Bins& bins_;
};

}  // namespace allot::detail
