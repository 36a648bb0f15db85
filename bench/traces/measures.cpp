#include "traces/measures.hpp"

#include "support/player.hpp"
#include "support/quantiles.hpp"
#include "support/region.hpp"
#include "support/residence.hpp"
#include "support/ticks.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t page = 4096;

/// Plenty: no allocator should fail in it.
std::size_t ample_bytes(const loaded_replay& played) { return 4 * played.facts().peak_live_bytes + 16 * mebibyte; }

std::size_t region_bytes(const peer& chosen, const loaded_replay& played) {
    return chosen.memory == memory_from::system ? 0 : ample_bytes(played);
}

template <class Player>
void expect_no_failure(const peer& chosen, const Player& playing) {
    if (playing.failures() == 0) return;
    throw std::runtime_error{std::string{chosen.name} + " failed " + std::to_string(playing.failures()) + " calls"};
}

template <class Player>
void play_through(Player& playing, const loaded_replay& played) {
    playing.play(played.operations());
    playing.clear();
}

double timed_pass(player<touch_ends>& playing, const loaded_replay& played) {
    const double start = thread_seconds();
    playing.play(played.operations());
    const double taken = thread_seconds() - start;
    playing.clear();
    return taken;
}

}  // namespace

speed measure_speed(const peer& chosen, const loaded_replay& played) {
    constexpr double enough_seconds = 0.3;
    constexpr std::size_t enough_passes = 3;
    const region memory{region_bytes(chosen, played), residence::touched};
    const auto heap = chosen.make(memory.bytes());
    player<touch_ends> playing{*heap, played.facts().slots};
    play_through(playing, played);
    double seconds = 0;
    std::size_t passes = 0;
    while (seconds < enough_seconds || passes < enough_passes) {
        seconds += timed_pass(playing, played);
        ++passes;
    }
    expect_no_failure(chosen, playing);
    return {static_cast<double>(played.facts().count * passes) / seconds, passes};
}

namespace {

using ticks_of_calls = std::vector<std::uint32_t>;

/// First all calls that take, then all that put.
ticks_of_calls pass_ticks(const peer& chosen, allocator& heap, const loaded_replay& played) {
    player<touch_ends, tick_counts> playing{heap, played.facts().slots, tick_counts{played.facts().count}};
    playing.play(played.operations());
    ticks_of_calls taken = std::move(playing.timer().takes());
    taken.insert(taken.end(), playing.timer().puts().begin(), playing.timer().puts().end());
    playing.clear();
    expect_no_failure(chosen, playing);
    return taken;
}

}  // namespace

pauses measure_pauses(const peer& chosen, const loaded_replay& played) {
    constexpr int passes = 5;
    const region memory{region_bytes(chosen, played), residence::touched};
    auto heap = chosen.make(memory.bytes());
    ticks_of_calls best;
    for (int pass = 0; pass <= passes; ++pass) {  // the first one warms
        if (chosen.memory != memory_from::system) heap = chosen.make(memory.bytes());
        const auto taken = pass_ticks(chosen, *heap, played);
        if (pass != 0) keep_quicker(best, taken);
    }
    const double tick = nanoseconds_per_tick();
    return {quantile(best, 0.5) * tick, quantile(best, 0.99) * tick, quantile(best, 0.999) * tick,
            quantile(best, 1.0) * tick};
}

namespace {

/// Plays a trace and looks at the process's residence at a few hundred moments.
class memory_watch {
public:
    memory_watch(allocator& heap, const loaded_replay& played)
        : playing_{heap, played.facts().slots}, played_{played}, bytes_of_(played.facts().slots) {
        samples_.reserve(moments + 2);
    }

    std::vector<memory_sample> run() {
        const auto operations = played_.operations();
        const std::size_t every = operations.size() / moments + 1;
        const std::size_t before = resident_bytes();
        for (std::size_t i = 0; i < operations.size(); ++i) {
            playing_.play(operations[i]);
            count_live(operations[i]);
            const bool is_peak = live_bytes_ == played_.facts().peak_live_bytes && !seen_peak_;
            seen_peak_ = seen_peak_ || is_peak;
            if (is_peak || i % every == 0) samples_.push_back({i, live_bytes_, resident_bytes()});
        }
        for (memory_sample& each : samples_) each.resident_bytes -= std::min(before, each.resident_bytes);
        return std::move(samples_);
    }

    std::size_t failures() const { return playing_.failures(); }
    void clear() { playing_.clear(); }

private:
    static constexpr std::size_t moments = 500;

    void count_live(const operation& done) {
        const std::size_t now = done.what == verb::deallocate ? 0 : done.bytes;
        live_bytes_ += now - bytes_of_[done.slot];
        bytes_of_[done.slot] = now;
    }

    player<write_whole> playing_;
    const loaded_replay& played_;
    std::vector<std::size_t> bytes_of_;
    std::vector<memory_sample> samples_;
    std::size_t live_bytes_ = 0;
    bool seen_peak_ = false;
};

}  // namespace

std::vector<memory_sample> measure_memory(const peer& chosen, const loaded_replay& played) {
    const region memory{region_bytes(chosen, played), residence::untouched};
    const auto heap = chosen.make(memory.bytes());
    memory_watch watching{*heap, played};
    auto samples = watching.run();
    expect_no_failure(chosen, watching);
    watching.clear();
    return samples;
}

namespace {

bool fits(const peer& chosen, const loaded_replay& played, std::span<std::byte> memory) {
    const auto heap = chosen.make(memory);
    player<touch_ends> playing{*heap, played.facts().slots};
    for (const operation& each : played.operations()) {
        playing.play(each);
        if (playing.failures() != 0) return false;
    }
    return true;
}

}  // namespace

std::size_t measure_region(const peer& chosen, const loaded_replay& played) {
    const region memory{ample_bytes(played), residence::untouched};
    const std::size_t precision = std::max(played.facts().peak_live_bytes / 1000, page);
    std::size_t too_small = page;
    std::size_t enough = memory.bytes().size();
    if (!fits(chosen, played, memory.bytes()))
        throw std::runtime_error{"the trace does not fit in four times its bytes"};
    while (enough - too_small > precision) {
        const std::size_t middle = too_small + (enough - too_small) / 2;
        (fits(chosen, played, memory.bytes().first(middle)) ? enough : too_small) = middle;
    }
    return enough;
}

void check(const peer& chosen, const loaded_replay& played) {
    constexpr std::size_t looks = 16;
    const region memory{region_bytes(chosen, played), residence::untouched};
    const auto heap = chosen.make(memory.bytes());
    player<check_pattern> playing{*heap, played.facts().slots};
    std::span<const operation> left = played.operations();
    const std::size_t piece = left.size() / looks + 1;
    while (!left.empty()) {
        playing.play(left.first(std::min(piece, left.size())));
        left = left.subspan(std::min(piece, left.size()));
        if (!heap->is_sound()) throw std::runtime_error{std::string{chosen.name} + " says that it is not sound"};
    }
    playing.clear();
    expect_no_failure(chosen, playing);
    if (!heap->is_sound()) throw std::runtime_error{std::string{chosen.name} + " says that it is not sound"};
}

}  // namespace bench
