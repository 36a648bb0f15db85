// W8, tail latency: how long every call of a stream takes, calls that take memory apart from calls that put it back. Of
// each call the quickest of three passes. A region's heap is new in every pass, so the passes are alike to the bit; a
// hosted allocator's are alike only in the large, and a pause of it that wanders from call to call is missed.
#include "support/player.hpp"
#include "support/quantiles.hpp"
#include "workloads/workload.hpp"

#include <string>

namespace bench {
namespace {

constexpr int passes = 3;

struct latencies {
    std::vector<std::uint32_t> takes;
    std::vector<std::uint32_t> puts;
};

void play_once(allocator& heap, const stream& made, latencies& best) {
    player<touch_ends, tick_counts> playing{heap, made.slots, tick_counts{made.setup.size() + 2 * made.timed.size()}};
    playing.play(made.setup);
    playing.timer().takes().clear();
    playing.timer().puts().clear();
    playing.play(made.timed);
    keep_quicker(best.takes, playing.timer().takes());
    keep_quicker(best.puts, playing.timer().puts());
    playing.clear();
}

void report(benchmark::State& state, const std::string& what, std::vector<std::uint32_t>& ticks) {
    const auto in_nanoseconds = [&](double share) { return quantile(ticks, share) * nanoseconds_per_tick(); };
    state.counters[what + " p50"] = in_nanoseconds(0.5);
    state.counters[what + " p99"] = in_nanoseconds(0.99);
    state.counters[what + " p99.9"] = in_nanoseconds(0.999);
    state.counters[what + " p99.99"] = in_nanoseconds(0.9999);
    state.counters[what + " worst"] = in_nanoseconds(1.0);
}

}  // namespace

measurement latency_of(const stream_maker& make) {
    return [make](benchmark::State& state, const peer& chosen, const settings& how) {
        settings fewer = how;
        fewer.scale *= 0.2;
        const stream made = make(fewer);
        const region memory{chosen.memory == memory_from::system ? 0 : made.region_bytes, how.pages()};
        auto heap = chosen.make(memory.bytes());
        latencies best;
        for (auto _ : state) {
            for (int pass = 0; pass < passes; ++pass) {
                if (chosen.memory != memory_from::system) heap = chosen.make(memory.bytes());
                play_once(*heap, made, best);
            }
        }
        report(state, "take", best.takes);
        report(state, "put", best.puts);
    };
}

}  // namespace bench
