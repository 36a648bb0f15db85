// W6max: how full a region can be held. From half full on, the level of live bytes rises by 0.5 % of the region, with
// 10,000 allocations of churn at each, until the first call that fails; the mean of what was live then, over 5 seeds.
//
// W6fill: how much of what churn has left can still be used. 60 % live and churned for long, then small objects are
// added until the first call that fails; over heaps of 2, 16 and 128 MiB.
#include "support/player.hpp"
#include "workloads/mixed_stream.hpp"
#include "workloads/workload.hpp"

#include <optional>

namespace bench {
namespace {

double share_of(std::size_t bytes, std::size_t region_bytes) {
    return 100 * static_cast<double>(bytes) / static_cast<double>(region_bytes);
}

/// Churns at the writer's level. What is live at the first failure, if there is one.
template <class Player>
std::optional<std::size_t> failed_at(Player& playing, mixed_stream& writer, std::size_t allocations) {
    for (std::size_t made = 0; made < allocations;) {
        const operation next = writer.next();
        playing.play(next);
        if (playing.failures() != 0) return writer.live_bytes() - next.bytes;
        made += next.what == verb::allocate ? 1 : 0;
    }
    return std::nullopt;
}

std::size_t highest_live_bytes(allocator& heap, std::size_t region_bytes, const settings& chosen, std::uint64_t seed) {
    const std::size_t step = region_bytes / 200;
    player<touch_ends> playing{heap, region_bytes / 256};
    mixed_stream writer{seed, 0};
    for (std::size_t level = region_bytes / 2;; level += step) {
        writer.raise_to(level);
        if (const auto live = failed_at(playing, writer, chosen.scaled(10'000))) return *live;
    }
}

/// Small objects until the first failure; what is live then.
template <class Player>
std::size_t fill_up(Player& playing, mixed_stream& writer, random& dice) {
    std::size_t live = writer.live_bytes();
    for (auto slot = static_cast<std::uint32_t>(writer.slots());; ++slot) {
        const std::uint32_t bytes = small_size(dice);
        playing.play({slot, bytes, verb::allocate, default_alignment_log2});
        if (playing.failures() != 0) return live;
        live += bytes;
    }
}

}  // namespace

void highest_live_share(benchmark::State& state, const peer& chosen, const settings& how) {
    const region memory{how.region_bytes(256 * mebibyte), how.pages()};
    const std::size_t seeds = how.scaled(5);
    std::size_t live = 0;
    for (auto _ : state) {
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            const auto heap = chosen.make(memory.bytes());
            live += highest_live_bytes(*heap, memory.bytes().size(), how, how.seed + seed);
        }
    }
    state.counters["live %"] = share_of(live / seeds, memory.bytes().size());
}

measurement filled_share(std::size_t usual_bytes) {
    return [usual_bytes](benchmark::State& state, const peer& chosen, const settings& how) {
        const std::size_t region_bytes = how.region_bytes(usual_bytes);
        const region memory{region_bytes, how.pages()};
        const auto heap = chosen.make(memory.bytes());
        player<touch_ends> playing{*heap, region_bytes / 16};
        mixed_stream writer{how.seed, region_bytes / 10 * 6, static_cast<double>(region_bytes) / 256};
        random dice{how.seed};
        std::size_t live = 0;
        for (auto _ : state) {
            const auto failed = failed_at(playing, writer, how.scaled(300'000));
            live = failed ? *failed : fill_up(playing, writer, dice);
        }
        state.counters["live %"] = share_of(live, region_bytes);
    };
}

}  // namespace bench
