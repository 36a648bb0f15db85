// What can be read of a heap that may be damaged: the region around an address, and the chunks around it.
//
//     region   | descriptor | chunk | chunk | below | chunk | next | ? ? ? ? | fencepost |
//                                                       ^ address
//
// A descriptor is followed only if it is as it was written, and a header is read only between the first chunk of a region and
// its fencepost. A chunk is stepped over only if its size is one that a chunk there can have.
//
// All that the diagnostics of a damaged heap know of its inside stands here: `store.chunks()` and `store.regions()`.
//
// Guarantees: constexpr; never faults; takes no lock and writes nothing; O(regions) and O(chunks of one region).
#pragma once

#include <allot/base/align.hpp>
#include <allot/core/chunk_cache.hpp>
#include <allot/diagnostics/walk.hpp>

#include <bit>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace allot::detail {

/// The regions beside an address, by the positions of their first chunks.
struct regions_beside {
    std::size_t below = none;  ///< the last one whose base is not above the address
    std::size_t above = none;
    bool is_damaged = false;  ///< there may be more: a descriptor was overwritten
};

/// Where the chunks of a region lead, up to an address.
struct chunks_beside {
    std::size_t below = none;  ///< the lower neighbour of `chunk`; none for the first of a region
    std::size_t chunk = none;  ///< the one around the address, or the first one below it whose header no chunk can have
};

template <class Store>
class careful_view {
    using regions_type = std::remove_cvref_t<decltype(std::declval<const Store&>().regions())>;

public:
    using chunks_type = typename Store::chunks_type;
    static constexpr std::size_t word_bytes = chunks_type::word_bytes;

    constexpr explicit careful_view(const Store& store) noexcept : chunks_(store.chunks()), regions_(store.regions()) {}

    // --- regions -----------------------------------------------------------------------------------------------------

    constexpr regions_beside beside(std::size_t address) const noexcept {
        regions_beside found{none, none, !regions_.is_root_sound()};
        std::size_t left = regions_.count();
        for (std::size_t at = found.is_damaged ? none : regions_.root(); at != none;) {
            if (left-- == 0 || !is_laid(at)) return {found.below, found.above, true};
            const bool is_below = regions_.at(chunks_, at).base <= address;
            (is_below ? found.below : found.above) = at;
            at = is_below ? regions_.upper_of(chunks_, at) : regions_.lower_of(chunks_, at);
        }
        return found;
    }

    /// Pre: `beside` has found it.
    constexpr region region_at(std::size_t position) const noexcept { return regions_.at(chunks_, position); }
    constexpr bool is_in_region(std::size_t position, std::size_t address) const noexcept {
        const region home = region_at(position);
        return address - home.base < home.bytes;
    }

    constexpr std::size_t region_count() const noexcept { return regions_.count(); }
    constexpr std::size_t region_bytes() const noexcept { return regions_.bytes(); }

    // --- chunks: `home` is a region that `beside` has found ----------------------------------------------------------

    constexpr chunks_beside locate(const region& home, std::size_t address) const noexcept {
        chunks_beside found{none, home.first};
        while (is_whole(home, found.chunk) && found.chunk + size_of(found.chunk) <= address) {
            const std::size_t next = found.chunk + size_of(found.chunk);
            if (next == home.fencepost) break;
            found = {found.chunk, next};
        }
        return found;
    }

    /// True if the header is one that a chunk there can have.
    constexpr bool is_whole(const region& home, std::size_t chunk) const noexcept {
        constexpr std::size_t known =
            chunks_type::in_use | chunks_type::prev_flags | (Store::is_deferred ? chunks_type::cached : 0);
        const std::size_t size = size_of(chunk);
        const bool is_plain = (header_of(chunk) & chunks_type::flag_mask & ~known) == 0;
        return is_plain && size >= chunks_type::min_chunk && size <= home.fencepost - chunk;
    }

    /// True if a fencepost is as it was written, but for what it knows of the chunk below it.
    constexpr bool is_fencepost_whole(const region& home) const noexcept {
        return (header_of(home.fencepost) & ~chunks_type::prev_flags) == chunks_type::in_use;
    }

    /// True if a chunk and the header above it say the same of the chunk. Pre: it is whole.
    constexpr bool is_known_above(std::size_t chunk) const noexcept {
        const bool is_in_use = state_of(chunk) != chunk_state::free;
        return ((header_of(chunk + size_of(chunk)) & chunks_type::prev_in_use) != 0) == is_in_use;
    }

    /// Pre: between the first chunk and the fencepost of a region. The chunk may be its owner's, who is not asked.
    constexpr std::size_t header_of(std::size_t chunk) const noexcept { return chunks_.header_seen(chunk); }
    constexpr std::size_t size_of(std::size_t chunk) const noexcept { return chunks_type::size_in(header_of(chunk)); }
    constexpr chunk_state state_of(std::size_t chunk) const noexcept { return state_in<chunks_type>(header_of(chunk)); }

    /// True if a chunk in use looks as if it waited in a lane. Its owner's bytes may be the same by chance.
    constexpr bool is_waiting(std::size_t chunk) const noexcept {
        if constexpr (!Store::is_deferred) return false;
        else
            return waiting_cache<Store>::is_cacheable(size_of(chunk)) && state_of(chunk) == chunk_state::in_use &&
                   chunks_.is_marked_waiting(chunk);
    }

    /// A byte of a chunk.
    constexpr unsigned char byte_at(std::size_t address) const noexcept {
        const std::size_t offset = address % word_bytes;
        const std::size_t place = std::endian::native == std::endian::little ? offset : word_bytes - 1 - offset;
        return static_cast<unsigned char>(chunks_.header_seen(address - offset) >> (8 * place) & 0xFF);
    }

private:
    /// True if a position leads to a descriptor that is as it was written.
    constexpr bool is_laid(std::size_t at) const noexcept {
        if (!is_aligned(chunks_type::payload_of(at), chunks_type::granule) || !regions_.is_sound(chunks_, at))
            return false;
        const region laid = regions_.at(chunks_, at);
        return laid.first == at && laid.fencepost > at;
    }

    const chunks_type& chunks_;
    const regions_type& regions_;
};

}  // namespace allot::detail
