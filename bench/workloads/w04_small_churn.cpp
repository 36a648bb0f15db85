// W4, small churn: 10,000 live objects of log-normal sizes (median 48, sigma 0.8, 8 to 512 bytes); one pair
// replaces a random one.
//
// Growth: the same with 10^3 to 10^7 live objects. A small scale has fewer live objects, too.
#include "support/random.hpp"
#include "workloads/workload.hpp"

#include <algorithm>

namespace bench {
namespace {

struct population {
    std::size_t live;
    std::size_t pairs;
};

void replace_any(random& dice, const population& wanted, std::vector<operation>& into) {
    into.reserve(into.size() + wanted.pairs);
    for (std::size_t i = 0; i < wanted.pairs; ++i) {
        const std::uint32_t slot = dice.below(wanted.live);
        into.push_back({slot, small_size(dice), verb::replace, default_alignment_log2});
    }
}

/// Before the clock one pair for every second object at least, so that the heap is no longer new.
stream churn(const settings& chosen, const population& wanted) {
    random dice{chosen.seed};
    stream made;
    for (std::uint32_t slot = 0; slot < wanted.live; ++slot) {
        made.setup.push_back({slot, small_size(dice), verb::allocate, default_alignment_log2});
    }
    replace_any(dice, {wanted.live, std::max(wanted.live / 2, wanted.pairs / 10)}, made.setup);
    replace_any(dice, wanted, made.timed);
    made.items = wanted.pairs;
    made.slots = wanted.live;
    made.region_bytes = std::max(chosen.region_bytes(256 * mebibyte), 128 * wanted.live);
    return made;
}

}  // namespace

stream small_churn(const settings& chosen) { return churn(chosen, {10'000, chosen.scaled(1e7)}); }

stream_maker churn_among(double live_objects) {
    return [live_objects](const settings& chosen) {
        return churn(chosen, {chosen.scaled(live_objects), chosen.scaled(2e6)});
    };
}

}  // namespace bench
