// Plays a workload's stream under Google Benchmark's clock, which is the processor time of the thread; or checks it.
#include "support/player.hpp"
#include "workloads/workload.hpp"

#include <stdexcept>

namespace bench {
namespace {

/// A function of its own so that callgrind can count what happens in it and below.
[[gnu::noinline]] void timed_section(player<touch_ends>& playing, const stream& made) { playing.play(made.timed); }

/// Plays the whole stream once before the clock: a hosted allocator gets its pages from the system, as a region has
/// them.
void warm(player<touch_ends>& playing, const stream& made) {
    playing.play(made.setup);
    playing.play(made.timed);
    playing.clear();
}

void measure(benchmark::State& state, allocator& heap, const stream& made) {
    player<touch_ends> playing{heap, made.slots};
    warm(playing, made);
    playing.play(made.setup);
    for (auto _ : state) timed_section(playing, made);
    state.SetItemsProcessed(static_cast<std::int64_t>(made.items));
    state.counters["items"] = static_cast<double>(made.items);
    state.counters["failures"] = static_cast<double>(playing.failures());
    playing.clear();
}

void check(benchmark::State& state, allocator& heap, const stream& made) {
    player<check_pattern> playing{heap, made.slots};
    for (auto _ : state) {
        playing.play(made.setup);
        playing.play(made.timed);
    }
    if (!heap.is_sound()) throw std::runtime_error{"the allocator is not sound after the stream"};
    playing.clear();
    if (!heap.is_sound()) throw std::runtime_error{"the allocator is not sound when all is freed"};
}

}  // namespace

measurement throughput_of(const stream_maker& make) {
    return [make](benchmark::State& state, const peer& chosen, const settings& how) {
        const stream made = make(how);
        const region memory{chosen.memory == memory_from::system ? 0 : made.region_bytes, how.pages()};
        const auto heap = chosen.make(memory.bytes());
        how.aim == purpose::check ? check(state, *heap, made) : measure(state, *heap, made);
    };
}

}  // namespace bench
