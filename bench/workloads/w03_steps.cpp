// W3, simple-chunk-allocator's own: over 160 MiB, 100,000 steps of allocate 64-16,383 bytes aligned 1-64; after a tenth
// of the steps, the 7 oldest payloads are freed. How many allocations succeed, and the nanoseconds of one.
#include "support/player.hpp"
#include "support/quantiles.hpp"
#include "support/random.hpp"
#include "workloads/workload.hpp"

#include <numeric>

namespace bench {
namespace {

std::vector<operation> steps(const settings& chosen, std::size_t count) {
    random dice{chosen.seed};
    std::vector<operation> made;
    std::uint32_t oldest = 0;
    for (std::uint32_t slot = 0; slot < count; ++slot) {
        made.push_back({slot, dice.between(64, 16'383), verb::allocate, static_cast<std::uint8_t>(dice.between(0, 6))});
        if (dice.below(10) != 0) continue;
        for (int i = 0; i < 7 && oldest <= slot; ++i) made.push_back({oldest++, 0, verb::deallocate, 0});
    }
    return made;
}

double mean(const std::vector<std::uint32_t>& samples) {
    return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

}  // namespace

void chunk_steps(benchmark::State& state, const peer& chosen, const settings& how) {
    const region memory{how.region_bytes(160 * mebibyte), how.pages()};
    const auto heap = chosen.make(memory.bytes());
    const std::size_t count = how.scaled(100'000);
    const auto made = steps(how, count);
    player<touch_ends, tick_counts> playing{*heap, count, tick_counts{made.size()}};
    for (auto _ : state) playing.play(made);
    auto& ticks = playing.timer().takes();
    state.counters["successes"] = static_cast<double>(count - playing.failures());
    state.counters["median"] = quantile(ticks, 0.5) * nanoseconds_per_tick();
    state.counters["mean"] = mean(ticks) * nanoseconds_per_tick();
    state.counters["max"] = quantile(ticks, 1.0) * nanoseconds_per_tick();
}

}  // namespace bench
