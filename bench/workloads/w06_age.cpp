// W6age: utilisation over time. A quarter of a region is live, in mixed sizes; everything is replaced again and again
// at random, every payload written whole. The live bytes over the bytes resident, when all is new and after each
// doubling of the replacements: what fragmentation makes of the memory that was ever touched.
#include "support/player.hpp"
#include "support/residence.hpp"
#include "workloads/mixed_stream.hpp"
#include "workloads/workload.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace bench {
namespace {

constexpr std::size_t oldest = 64;

/// How often everything has been replaced by then, and the operations that lead there from the moment before.
struct moment {
    std::size_t times;
    std::vector<operation> operations;
    std::size_t live_bytes;
};

/// Moments 0, 1, 2, 4 ... `oldest`.
std::vector<moment> life_of(mixed_stream& writer, const settings& chosen) {
    std::vector<moment> life(1);
    writer.fill(life.front().operations);
    life.front().live_bytes = writer.live_bytes();
    for (std::size_t times = 1; times <= oldest; times *= 2) {
        moment next{times, {}, 0};
        const std::size_t more = times - life.back().times;
        writer.churn(chosen.scaled(2 * static_cast<double>(writer.live() * more)), next.operations);
        next.live_bytes = writer.live_bytes();
        life.push_back(std::move(next));
    }
    return life;
}

}  // namespace

void share_in_use_over_time(benchmark::State& state, const peer& chosen, const settings& how) {
    const std::size_t region_bytes = how.region_bytes(256 * mebibyte);
    mixed_stream writer{how.seed, region_bytes / 4, static_cast<double>(region_bytes) / 256};
    const std::vector<moment> life = life_of(writer, how);
    const region memory{chosen.memory == memory_from::system ? 0 : region_bytes, residence::untouched};
    const auto heap = chosen.make(memory.bytes());
    player<write_whole> playing{*heap, writer.slots()};
    const std::size_t before = resident_bytes();
    for (auto _ : state) {
        for (const moment& each : life) {
            playing.play(each.operations);
            const auto resident = static_cast<double>(resident_bytes() - before);
            state.counters["after " + std::to_string(each.times)] =
                100 * static_cast<double>(each.live_bytes) / resident;
        }
    }
    if (playing.failures() != 0) throw std::runtime_error{"a call failed though a quarter of the region is live"};
    playing.clear();
}

}  // namespace bench
