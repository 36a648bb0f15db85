// The free memory of a heap as the model sees it: maximal stretches between chunks in use.
//
//     [ live ]..gap..[ live ][ live ]....gap....|      cached and free chunks of the heap lie inside gaps
//
// Guarantees: a stretch taken lay in one gap, one given back overlapped none: else the run fails.
#pragma once

#include "failure.hpp"

#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace fuzz {

struct gap {
    std::size_t start;
    std::size_t end;

    std::size_t bytes() const { return end - start; }
};

class gap_map {
public:
    std::size_t count() const { return by_start_.size(); }
    std::size_t total() const { return total_; }
    std::size_t largest() const { return by_size_.empty() ? 0 : by_size_.rbegin()->first; }

    /// The gap that holds [start, end); an empty one if none does.
    gap around(std::size_t start, std::size_t end) const {
        auto above = by_start_.upper_bound(start);
        if (above == by_start_.begin()) return {};
        const auto found = std::prev(above);
        return found->second >= end ? gap{found->first, found->second} : gap{};
    }

    /// The gap that ends at, or starts at, an address; an empty one if there is none.
    gap ending_at(std::size_t end) const {
        const gap found = around(end - 1, end);
        return found.end == end ? found : gap{end, end};
    }
    gap starting_at(std::size_t start) const {
        const auto found = by_start_.find(start);
        return found == by_start_.end() ? gap{start, start} : gap{start, found->second};
    }

    void give(std::size_t start, std::size_t end) {
        auto above = by_start_.lower_bound(start);
        if (above != by_start_.end() && above->first < end) fail("model: a stretch became free twice");
        if (above != by_start_.begin() && std::prev(above)->second > start) fail("model: a stretch became free twice");
        total_ += end - start;
        if (above != by_start_.end() && above->first == end) {
            end = above->second;
            erase(above++);
        }
        if (above != by_start_.begin() && std::prev(above)->second == start) {
            start = std::prev(above)->first;
            erase(std::prev(above));
        }
        insert(start, end);
    }

    void take(std::size_t start, std::size_t end) {
        const gap whole = around(start, end);
        if (whole.bytes() == 0) fail("a chunk lies outside the regions or overlaps another");
        total_ -= end - start;
        erase(by_start_.find(whole.start));
        if (whole.start != start) insert(whole.start, start);
        if (whole.end != end) insert(end, whole.end);
    }

    /// True if `test` is true for some gap of at least `bytes`.
    template <class Test>
    bool any_of_at_least(std::size_t bytes, Test test) const {
        for (auto at = by_size_.lower_bound({bytes, 0}); at != by_size_.end(); ++at) {
            if (test(gap{at->second, at->second + at->first})) return true;
        }
        return false;
    }

    auto begin() const { return by_start_.begin(); }
    auto end() const { return by_start_.end(); }

private:
    using map = std::map<std::size_t, std::size_t>;

    void insert(std::size_t start, std::size_t end) {
        by_start_.emplace(start, end);
        by_size_.emplace(end - start, start);
    }
    void erase(map::iterator at) {
        by_size_.erase({at->second - at->first, at->first});
        by_start_.erase(at);
    }

    map by_start_;
    std::set<std::pair<std::size_t, std::size_t>> by_size_;
    std::size_t total_ = 0;
};

}  // namespace fuzz
