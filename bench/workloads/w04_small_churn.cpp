// W4, small churn: 10,000 live objects of log-normal sizes (median 48, sigma 0.8, 8 to 512 bytes); one pair
// replaces a random one.
#include "support/random.hpp"
#include "workloads/workload.hpp"

namespace bench {
namespace {

constexpr std::uint32_t live_objects = 10'000;

std::uint32_t small_size(random& dice) { return dice.log_normal(48, 0.8, 8, 512); }

void replace_any(random& dice, std::size_t pairs, std::vector<operation>& into) {
    into.reserve(into.size() + pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
        const std::uint32_t slot = dice.below(live_objects);
        into.push_back({slot, small_size(dice), verb::replace, default_alignment_log2});
    }
}

}  // namespace

stream small_churn(const settings& chosen) {
    random dice{chosen.seed};
    stream made;
    for (std::uint32_t slot = 0; slot < live_objects; ++slot) {
        made.setup.push_back({slot, small_size(dice), verb::allocate, default_alignment_log2});
    }
    made.items = chosen.scaled(1e7);
    replace_any(dice, made.items / 10, made.setup);
    replace_any(dice, made.items, made.timed);
    made.slots = live_objects;
    made.region_bytes = chosen.region_bytes(256 * mebibyte);
    return made;
}

}  // namespace bench
