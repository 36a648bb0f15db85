// W9, cost: how many bytes of a region an object of one size takes, all told: 16 MiB over the objects that fit in it.
#include "support/player.hpp"
#include "workloads/workload.hpp"

#include <string>

namespace bench {
namespace {

std::size_t objects_that_fit(allocator& heap, std::uint32_t bytes, std::size_t region_bytes) {
    player<touch_ends> playing{heap, region_bytes / 8};
    std::uint32_t slot = 0;
    while (playing.failures() == 0) playing.play({slot++, bytes, verb::allocate, default_alignment_log2});
    return slot - 1;
}

}  // namespace

void cost_of_objects(benchmark::State& state, const peer& chosen, const settings& how) {
    const region memory{how.region_bytes(16 * mebibyte), how.pages()};
    for (auto _ : state) {
        for (const std::uint32_t bytes : {8U, 16U, 24U, 32U, 64U, 128U}) {
            const auto heap = chosen.make(memory.bytes());
            const std::size_t fitting = objects_that_fit(*heap, bytes, memory.bytes().size());
            const double each = static_cast<double>(memory.bytes().size()) / static_cast<double>(fitting);
            state.counters["of " + std::to_string(bytes)] = each;
        }
    }
}

}  // namespace bench
