// W1, galloc's own benchmark: a third each of allocate 100-1000 bytes aligned 1-1024, free a random payload,
// reallocate a random payload to 100-10000 bytes.
#include "support/live_set.hpp"
#include "workloads/workload.hpp"

namespace bench {
namespace {

std::uint8_t random_alignment(random& dice) { return static_cast<std::uint8_t>(dice.between(0, 10)); }

operation random_action(random& dice, live_set& live) {
    const std::uint32_t action = dice.below(3);
    if (action == 0 || live.empty()) {
        return {live.add(), dice.between(100, 1000), verb::allocate, random_alignment(dice)};
    }
    if (action == 1) return {live.remove_any(dice), 0, verb::deallocate, 0};
    return {live.any(dice), dice.between(100, 10'000), verb::reallocate, 0};
}

}  // namespace

stream random_actions(const settings& chosen) {
    random dice{chosen.seed};
    live_set live;
    stream made;
    made.items = chosen.scaled(3e6);
    made.timed.reserve(made.items);
    while (made.timed.size() < made.items) made.timed.push_back(random_action(dice, live));
    made.slots = live.slots();
    made.region_bytes = chosen.region_bytes(256 * mebibyte);
    return made;
}

}  // namespace bench
