// W6, mixed: sizes from 16 bytes to 1 MiB, the small ones most; the live bytes stay at a share of the region.
#include "workloads/mixed_stream.hpp"
#include "workloads/workload.hpp"

namespace bench {
namespace {

/// Before the clock every payload of the fill has been replaced about twice, so that the heap is no longer new.
stream mixed(const settings& chosen, double share) {
    stream made;
    made.region_bytes = chosen.region_bytes(256 * mebibyte);
    mixed_stream writer{chosen.seed, static_cast<std::size_t>(share * static_cast<double>(made.region_bytes))};
    writer.fill(made.setup);
    writer.churn(4 * writer.live(), made.setup);
    made.items = chosen.scaled(4e6);
    writer.churn(made.items, made.timed);
    made.slots = writer.slots();
    return made;
}

}  // namespace

stream mixed_half_full(const settings& chosen) { return mixed(chosen, 0.50); }
stream mixed_nearly_full(const settings& chosen) { return mixed(chosen, 0.85); }

}  // namespace bench
