#include "workloads/throughput.hpp"

#include "support/player.hpp"
#include "support/region.hpp"

namespace bench {

measurement throughput_of(stream (*make)(const settings&)) {
    return [make](benchmark::State& state, const peer& chosen, const settings& how) {
        const stream made = make(how);
        const region memory{chosen.memory == memory_from::system ? 0 : made.region_bytes, residence::touched};
        const auto heap = chosen.make(memory.bytes());
        player<touch_ends> playing{*heap, made.slots};
        playing.play(made.setup);
        for (auto _ : state) playing.play(made.timed);
        state.SetItemsProcessed(static_cast<std::int64_t>(made.items));
        state.counters["failures"] = static_cast<double>(playing.failures());
        playing.clear();
    };
}

}  // namespace bench
