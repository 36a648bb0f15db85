// Making compact links reach a span that is about to become a region.
//
//     | ... spare ... | lowest region |   | added | ... spare ... |
//     ^ origin: links count granules from here, up to their limit
//
// Links count from so far below the lowest region that what is left of their reach is halved between both sides: memory may come
// in any order.
//
// Guarantees: constexpr, O(log regions), and O(free chunks) where links have to count from elsewhere.
#pragma once

#include <allot/core/chunk_store.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class link_reach {
    using chunks_type = typename Store::chunks_type;

public:
    /// How far apart the lowest and the highest chunk may be.
    static constexpr std::size_t most_granules = chunks_type::link_limit - chunks_type::reserved_links;
    /// The most bytes of chunks that one region can have.
    static constexpr std::size_t most_in_region =
        chunks_type::is_compact && most_granules < Store::classes::largest / chunks_type::granule
            ? most_granules * chunks_type::granule
            : Store::classes::largest;

    constexpr explicit link_reach(Store& store) noexcept
        : store_(store), chunks_(store.chunks()), regions_(store.regions()) {}

    /// True if links can count from the lowest place where a chunk could be then to the highest.
    constexpr bool may_stretch_to(const region& added) const noexcept { return granules_with(added) <= most_granules; }

    /// Makes them do so. Pre: they can.
    constexpr void stretch_to(const region& added) noexcept {
        if (!regions_.is_empty() && chunks_.is_in_reach(added.first, added.fencepost)) return;
        const std::size_t spare = (most_granules - granules_with(added)) / 2;
        const std::size_t origin = first_with(added) - (spare + chunks_type::reserved_links) * chunks_type::granule;
        const std::size_t granules = (chunks_.origin() - origin) / chunks_type::granule;
        if (!regions_.is_empty()) store_.shift_links(static_cast<typename chunks_type::link>(granules));
        chunks_.set_origin(origin);
    }

private:
    constexpr std::size_t first_with(const region& added) const noexcept {
        const std::size_t lowest = regions_.lowest(chunks_);
        return lowest == none || added.first < lowest ? added.first : lowest;
    }
    constexpr std::size_t granules_with(const region& added) const noexcept {
        const std::size_t highest = regions_.find_below(chunks_, ~std::size_t{0});
        const std::size_t end = highest == none ? 0 : regions_.at(chunks_, highest).fencepost;
        return ((end > added.fencepost ? end : added.fencepost) - first_with(added)) / chunks_type::granule;
    }

    Store& store_;
    chunks_type& chunks_;
    const typename Store::index_type::regions_type& regions_;
};

}  // namespace allot::detail
