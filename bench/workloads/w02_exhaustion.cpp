// W2, galloc's own: allocate 10,000-300,000 bytes aligned 1-1024 until the first failure; the share of the region that
// was handed out, over 50 seeds.
#include "support/player.hpp"
#include "support/random.hpp"
#include "workloads/workload.hpp"

namespace bench {
namespace {

double filled_share(allocator& heap, std::size_t region_bytes, std::uint64_t seed) {
    random dice{seed};
    player<touch_ends> playing{heap, region_bytes / 10'000 + 1};
    std::size_t requested = 0;
    for (std::uint32_t slot = 0;; ++slot) {
        const std::uint32_t bytes = dice.between(10'000, 300'000);
        playing.play({slot, bytes, verb::allocate, static_cast<std::uint8_t>(dice.between(0, 10))});
        if (playing.failures() != 0) break;
        requested += bytes;
    }
    return static_cast<double>(requested) / static_cast<double>(region_bytes);
}

}  // namespace

void exhaustion(benchmark::State& state, const peer& chosen, const settings& how) {
    const region memory{how.region_bytes(256 * mebibyte), how.pages()};
    const std::size_t seeds = how.scaled(50);
    double shares = 0;
    for (auto _ : state) {
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            const auto heap = chosen.make(memory.bytes());
            shares += filled_share(*heap, memory.bytes().size(), how.seed + seed);
        }
    }
    state.counters["filled %"] = 100 * shares / static_cast<double>(seeds);
}

}  // namespace bench
