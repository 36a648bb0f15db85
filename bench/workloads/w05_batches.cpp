// W5, batches: 100 small objects allocated, then freed in reverse (LIFO) or in order (FIFO). One item is a pair.
#include "support/random.hpp"
#include "workloads/workload.hpp"

namespace bench {
namespace {

constexpr std::uint32_t batch = 100;

enum class order { last_in_first_out, first_in_first_out };

void add_batch(random& dice, order freed, std::vector<operation>& into) {
    for (std::uint32_t slot = 0; slot < batch; ++slot) {
        into.push_back({slot, small_size(dice), verb::allocate, default_alignment_log2});
    }
    for (std::uint32_t i = 0; i < batch; ++i) {
        const std::uint32_t slot = freed == order::first_in_first_out ? i : batch - 1 - i;
        into.push_back({slot, 0, verb::deallocate, 0});
    }
}

stream batches(const settings& chosen, order freed) {
    random dice{chosen.seed};
    stream made;
    const std::size_t count = chosen.scaled(5e4);
    made.timed.reserve(2 * batch * count);
    for (std::size_t i = 0; i < count / 10 + 1; ++i) add_batch(dice, freed, made.setup);
    for (std::size_t i = 0; i < count; ++i) add_batch(dice, freed, made.timed);
    made.items = batch * count;
    made.slots = batch;
    made.region_bytes = chosen.region_bytes(256 * mebibyte);
    return made;
}

}  // namespace

stream lifo_batches(const settings& chosen) { return batches(chosen, order::last_in_first_out); }
stream fifo_batches(const settings& chosen) { return batches(chosen, order::first_in_first_out); }

}  // namespace bench
