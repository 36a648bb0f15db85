// The regions of a heap as the model sees them: which spans it has, and what part of each holds chunks.
//
//     span:    | slack, descriptor | first ... chunks ... fencepost | slack |
//
// Neighbours of one origin are one region here as they are in the heap: of the caller, or of a source that takes parts. The arithmetic is written anew, from the
// description in core/region.hpp, and shares no code with it.
#pragma once

#include "any_heap.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <vector>

namespace fuzz {

enum class giver : unsigned char { caller, source };

struct region_span {
    std::size_t base;
    std::size_t bytes;
    giver given_by;

    std::size_t end() const { return base + bytes; }
};

/// The part of a region that chunks lie in.
struct tiles {
    std::size_t first;
    std::size_t fencepost;
};

class region_model {
public:
    using map = std::map<std::size_t, region_span>;

    explicit region_model(const heap_shape& shape) : shape_(shape) {}

    const map& all() const { return regions_; }
    std::size_t bytes() const {
        std::size_t sum = 0;
        for (const auto& [base, region] : regions_) sum += region.bytes;
        return sum;
    }

    tiles tiles_of(const region_span& span) const {
        const std::size_t mask = shape_.granule - 1;
        return {((span.base + shape_.descriptor_words * shape_.word + mask) & ~mask) - shape_.word,
                (span.end() & ~mask) - shape_.word};
    }

    /// True if a span of this place and size can be a region at all.
    bool is_big_enough(std::size_t base, std::size_t bytes) const {
        if (bytes < shape_.descriptor_words * shape_.word + shape_.min_chunk) return false;
        const tiles room = tiles_of({base, bytes, giver::caller});
        return room.fencepost >= room.first + shape_.min_chunk;
    }

    bool is_too_large(const region_span& span) const {
        const tiles room = tiles_of(span);
        return room.fencepost - room.first > shape_.largest_chunk;
    }

    bool overlaps(std::size_t base, std::size_t bytes) const {
        const auto above = regions_.lower_bound(base);
        if (above != regions_.end() && above->first - base < bytes) return true;
        return above != regions_.begin() && std::prev(above)->second.end() > base;
    }

    /// The region that [base, base + bytes) lies in, if there is one.
    map::const_iterator around(std::size_t base, std::size_t bytes) const {
        const auto above = regions_.upper_bound(base);
        if (above == regions_.begin()) return regions_.end();
        const auto found = std::prev(above);
        return base - found->first <= found->second.bytes && bytes <= found->second.end() - base ? found
                                                                                                 : regions_.end();
    }

    /// Adds a span that nothing speaks against. Returns what becomes free by it.
    tiles add(region_span added) {
        tiles made = tiles_of(added);
        auto above = regions_.lower_bound(added.base);
        if (above != regions_.begin() && merge(std::prev(above)->second, added)) {
            const region_span below = std::prev(above)->second;
            made.first = tiles_of(below).fencepost;
            added = {below.base, below.bytes + added.bytes, added.given_by};
            regions_.erase(std::prev(above));
        }
        if (above != regions_.end() && merge(added, above->second)) {
            made.fencepost = tiles_of(above->second).first;
            added.bytes += above->second.bytes;
            regions_.erase(above);
        }
        regions_.emplace(added.base, added);
        return made;
    }

    void remove(std::size_t base) { regions_.erase(base); }

    /// Puts back what is left of a region that was removed. It merges with nobody.
    void restore(const region_span& left) { regions_.emplace(left.base, left); }

    /// The stretches of [from, to) that are in no region.
    std::vector<region_span> outside(std::size_t from, std::size_t to) const {
        std::vector<region_span> found;
        for (const auto& [base, region] : regions_) {
            if (from < base) found.push_back({from, base - from, giver::caller});
            from = region.end();
        }
        if (from < to) found.push_back({from, to - from, giver::caller});
        return found;
    }

private:
    bool merge(const region_span& lower, const region_span& upper) const {
        const bool may_merge = lower.given_by == giver::caller || shape_.granularity > 1;
        return may_merge && lower.end() == upper.base && lower.given_by == upper.given_by &&
               tiles_of(upper).fencepost - tiles_of(lower).first <= shape_.largest_chunk;
    }

    heap_shape shape_;
    map regions_;
};

}  // namespace fuzz
