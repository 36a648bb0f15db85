// W7, growing vectors: 64 buffers that grow by 1.5 or by 2 from 16 bytes to 1 MiB, in random turns; one that has
// reached the end is freed and begins again. Growths a second, how many of them moved, and the bytes that those copied.
#include "support/player.hpp"
#include "support/random.hpp"
#include "workloads/workload.hpp"

#include <array>

namespace bench {
namespace {

constexpr std::size_t buffers = 64;
constexpr std::uint32_t smallest = 16;

/// The next size, in whole granules.
std::uint32_t grown(std::uint32_t bytes, double factor) {
    const auto next = static_cast<std::uint32_t>(bytes * factor);
    return (next + smallest - 1) / smallest * smallest;
}

stream growing(const settings& chosen, double factor) {
    random dice{chosen.seed};
    stream made;
    std::array<std::uint32_t, buffers> sizes{};
    made.items = chosen.scaled(50'000);
    for (std::size_t growths = 0; growths < made.items;) {
        const std::uint32_t slot = dice.below(buffers);
        std::uint32_t& bytes = sizes[slot];
        const std::uint32_t next = bytes == 0 ? smallest : grown(bytes, factor);
        const verb what = next > mebibyte ? verb::deallocate : bytes == 0 ? verb::allocate : verb::reallocate;
        made.timed.push_back({slot, next, what, default_alignment_log2});
        growths += what == verb::reallocate ? 1 : 0;
        bytes = what == verb::deallocate ? 0 : next;
    }
    made.slots = buffers;
    made.region_bytes = 256 * mebibyte;
    return made;
}

}  // namespace

measurement growing_vectors(double factor) {
    return [factor](benchmark::State& state, const peer& chosen, const settings& how) {
        const stream made = growing(how, factor);
        const region memory{chosen.memory == memory_from::system ? 0 : made.region_bytes, how.pages()};
        const auto heap = chosen.make(memory.bytes());
        player<touch_ends> warming{*heap, made.slots};
        warming.play(made.timed);
        warming.clear();
        player<count_moves> playing{*heap, made.slots};
        for (auto _ : state) playing.play(made.timed);
        const count_moves& counted = playing.payloads();
        state.SetItemsProcessed(static_cast<std::int64_t>(counted.resizes));
        state.counters["moved %"] = 100 * static_cast<double>(counted.moves) / static_cast<double>(counted.resizes);
        state.counters["MiB copied"] = static_cast<double>(counted.bytes_copied) / static_cast<double>(mebibyte);
        playing.clear();
    };
}

}  // namespace bench
