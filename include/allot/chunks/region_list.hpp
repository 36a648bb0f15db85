// The regions of a heap: a search tree by address whose nodes are the descriptors of the regions.
//
//                 [ 0x5000 ]                    find_below(0x4100): 0x5000 is above, go lower; 0x2000 is below, go
//           lower /        \ upper              upper; 0x4000 is below, and nothing is above it there: found
//          [ 0x2000 ]    [ 0x9000 ]
//                  \ upper
//                 [ 0x4000 ]
//
// The tree is kept in balance by priorities that are a hash of the address: a node's is higher than those below it. (A treap:
// Seidel and Aragon, "Randomized search trees", Algorithmica 1996.)
//
// Guarantees: constexpr; finding the region of an address is O(1) for the region used last, else O(log regions), expected.
#pragma once

#include <allot/base/bits.hpp>
#include <allot/chunks/region.hpp>

#include <cstddef>

namespace allot::detail {

template <class Chunks, std::size_t Lookahead = Chunks::granule, std::size_t ExtraWords = 0>
class region_list : hot_region<Chunks, Lookahead> {
    using descriptor = region_descriptor<Chunks, ExtraWords>;
    using side = typename descriptor::side;
    using hot = hot_region<Chunks, Lookahead>;
    using hot::make_hot;

public:
    using hot::are_hot_starts_sound;
    static constexpr bool is_sole = false;

    /// The first chunk lies less than this above the base of its region.
    static constexpr std::size_t most_lead_bytes = descriptor::bytes + Chunks::granule;

    static constexpr region lay_out(std::size_t base, std::size_t bytes, region_origin origin) noexcept {
        return descriptor::lay_out(base, bytes, origin);
    }
    static constexpr region_status status_of(std::size_t base, std::size_t bytes) noexcept {
        return descriptor::status_of(base, bytes);
    }

    constexpr std::size_t count() const noexcept { return count_; }
    constexpr std::size_t bytes() const noexcept { return bytes_; }
    constexpr std::size_t tiled_bytes() const noexcept { return tiled_bytes_; }
    constexpr bool is_empty() const noexcept { return count_ == 0; }

    // --- the tree: a position is the address of a first chunk, `none` where there is nothing -------------------------

    constexpr std::size_t root() const noexcept { return root_; }

    /// True if `root` is what was written there: nothing but it leads to the regions, so a verifier asks before it follows.
    constexpr bool is_root_sound() const noexcept { return root_again_ == second_of(root_); }

    static constexpr std::size_t lower_of(const Chunks& chunks, std::size_t position) noexcept {
        return descriptor::link(chunks, position, side::lower);
    }
    static constexpr std::size_t upper_of(const Chunks& chunks, std::size_t position) noexcept {
        return descriptor::link(chunks, position, side::upper);
    }

    /// True if the descriptor of the region at `position` is as it was written.
    static constexpr bool is_sound(const Chunks& chunks, std::size_t position) noexcept {
        return descriptor::is_sound(chunks, position);
    }
    static constexpr region at(const Chunks& chunks, std::size_t position) noexcept {
        return descriptor::at(chunks, position);
    }

    // --- looking up: O(log regions) ----------------------------------------------------------------------------------

    constexpr std::size_t lowest(const Chunks& chunks) const noexcept { return after(chunks, none); }

    /// The region above `position`, of `none` the lowest one; `none` past the end.
    constexpr std::size_t after(const Chunks& chunks, std::size_t position) const noexcept {
        std::size_t found = none;
        for (std::size_t at = root_; at != none;) {
            if (at > position) found = at;
            at = at > position ? lower_of(chunks, at) : upper_of(chunks, at);
        }
        return found;
    }

    /// The position of the last region whose base is at most `address`; `none` if there is none.
    constexpr std::size_t find_below(const Chunks& chunks, std::size_t address) const noexcept {
        std::size_t found = none;
        for (std::size_t at = root_; at != none;) {
            const bool is_below = descriptor::base_of(chunks, at) <= address;
            if (is_below) found = at;
            at = is_below ? upper_of(chunks, at) : lower_of(chunks, at);
        }
        return found;
    }

    /// The position of the region around a chunk.
    ALLOT_INLINE constexpr std::size_t home_of(const Chunks& chunks, std::size_t chunk) const noexcept {
        return chunks.hot().has_chunk(chunk) ? chunks.hot().first : find_below(chunks, chunk);
    }

    // --- the region used last ----------------------------------------------------------------------------------------

    /// True if `address` lies among the chunks of a region, which is then the hot one.
    ALLOT_INLINE constexpr bool visit(Chunks& chunks, std::size_t address) const noexcept {
        if (chunks.hot().has_chunk(address)) [[likely]]
            return true;
        return find_hot(chunks, address);
    }

    /// True if `address` lies among the chunks of a region.
    ALLOT_INLINE constexpr bool has_chunk(const Chunks& chunks, std::size_t address) const noexcept {
        if (chunks.hot().has_chunk(address)) [[likely]]
            return true;
        return span_of(chunks, address).bytes != 0;
    }

    /// The chunks of the region around `address`; empty if there is none.
    ALLOT_COLD constexpr tiled_span span_of(const Chunks& chunks, std::size_t address) const noexcept {
        const std::size_t found = find_below(chunks, address);
        if (found == none || !at(chunks, found).has_chunk(address)) return {};
        return {found, at(chunks, found).tiled_bytes()};
    }

    // --- changing: O(log regions) ------------------------------------------------------------------------------------

    /// Writes the descriptor of `added` and puts it into the tree.
    constexpr void insert(Chunks& chunks, const region& added) noexcept {
        descriptor::write(chunks, added);
        place slot{};
        std::size_t at = root_;
        while (at != none && priority_of(at) > priority_of(added.first)) {
            slot = {at, at < added.first ? side::upper : side::lower};
            at = follow(chunks, slot);
        }
        link(chunks, slot, added.first);
        split(chunks, at, added.first);
        count(added, 1);
        make_hot(chunks, {added.first, added.tiled_bytes()});
    }

    /// Takes the region at `position` out of the tree.
    constexpr void erase(Chunks& chunks, std::size_t position) noexcept {
        place slot{};
        for (std::size_t at = root_; at != position; at = follow(chunks, slot))
            slot = {at, at < position ? side::upper : side::lower};
        merge(chunks, slot, position);
        count(at(chunks, position), minus_once);
        make_hot(chunks, {});
    }

    /// Makes a region end elsewhere.
    constexpr void set_bytes(Chunks& chunks, std::size_t position, std::size_t bytes) noexcept {
        count(at(chunks, position), minus_once);
        descriptor::set_span(chunks, position, bytes);
        count(at(chunks, position), 1);
        make_hot(chunks, {position, at(chunks, position).tiled_bytes()});
    }

    // --- words of a descriptor that others keep; 0 at first ----------------------------------------------------------

    static constexpr std::size_t extra(const Chunks& chunks, std::size_t position, std::size_t index) noexcept {
        return descriptor::extra(chunks, position, index);
    }
    static constexpr void set_extra(Chunks& chunks, std::size_t position, std::size_t index,
                                    std::size_t value) noexcept {
        descriptor::set_extra(chunks, position, index, value);
    }

private:
    static constexpr std::size_t minus_once = ~std::size_t{0};

    /// Where a link stands: in a descriptor, or, without a position, the root.
    struct place {
        std::size_t position = none;
        side which{};
    };

    static constexpr std::size_t follow(const Chunks& chunks, const place& from) noexcept {
        return descriptor::link(chunks, from.position, from.which);
    }
    constexpr void link(Chunks& chunks, const place& slot, std::size_t to) noexcept {
        if (slot.position == none) return set_root(to);
        descriptor::set_link(chunks, slot.position, slot.which, to);
    }

    /// Deals the subtree at `at` out to both sides of the node `parting`.
    constexpr void split(Chunks& chunks, std::size_t at, std::size_t parting) noexcept {
        place lower{parting, side::lower};
        place upper{parting, side::upper};
        while (at != none) {
            place& slot = at < parting ? lower : upper;
            link(chunks, slot, at);
            slot = {at, at < parting ? side::upper : side::lower};
            at = follow(chunks, slot);
        }
        link(chunks, lower, none);
        link(chunks, upper, none);
    }

    /// Makes one subtree, at `slot`, of the two below the node `leaving`.
    constexpr void merge(Chunks& chunks, place slot, std::size_t leaving) noexcept {
        std::size_t lower = lower_of(chunks, leaving);
        std::size_t upper = upper_of(chunks, leaving);
        while (lower != none && upper != none) {
            const bool is_lower_first = priority_of(lower) > priority_of(upper);
            std::size_t& next = is_lower_first ? lower : upper;
            link(chunks, slot, next);
            slot = {next, is_lower_first ? side::upper : side::lower};
            next = follow(chunks, slot);
        }
        link(chunks, slot, lower != none ? lower : upper);
    }

    /// No two positions have the same: each step can be undone. (The finaliser of MurmurHash3.)
    static constexpr std::size_t priority_of(std::size_t position) noexcept {
        constexpr unsigned half = word_bits / 2;
        std::size_t mixed = (position ^ position >> half) * static_cast<std::size_t>(0xFF51'AFD7'ED55'8CCDu);
        mixed = (mixed ^ mixed >> (half - 3)) * static_cast<std::size_t>(0xC4CE'B9FE'1A85'EC53u);
        return mixed ^ mixed >> half;
    }

    constexpr void count(const region& counted, std::size_t times) noexcept {
        count_ += times;
        bytes_ += counted.bytes * times;
        tiled_bytes_ += counted.tiled_bytes() * times;
    }

    constexpr bool find_hot(Chunks& chunks, std::size_t address) const noexcept {
        const tiled_span found = span_of(chunks, address);
        if (found.bytes == 0) return false;
        make_hot(chunks, found);
        return true;
    }

    /// What is written beside a root to tell whether it was overwritten: its complement, but zero of `none`, because a heap
    /// starts as zeros.
    static constexpr std::size_t second_of(std::size_t position) noexcept {
        return position == none ? none : ~position;
    }

    constexpr void set_root(std::size_t position) noexcept {
        root_ = position;
        root_again_ = second_of(position);
    }

    std::size_t root_ = none;
    std::size_t root_again_ = none;
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
    std::size_t tiled_bytes_ = 0;
};

}  // namespace allot::detail
