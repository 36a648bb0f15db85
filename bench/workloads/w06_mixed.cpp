// W6, mixed: sizes from 16 bytes to a 256th of the region (1 MiB of 256), the small ones most; the live bytes stay at a
// share of the region. W6size: the same at one half, in regions of other sizes.
#include "workloads/mixed_stream.hpp"
#include "workloads/workload.hpp"

namespace bench {
namespace {

struct filling {
    double share;
    std::size_t region_bytes;
};

/// Before the clock every payload of the fill has been replaced about twice, so that the heap is no longer new.
stream mixed(const settings& chosen, const filling& wanted) {
    stream made;
    made.region_bytes = chosen.region_bytes(wanted.region_bytes);
    const auto level = static_cast<std::size_t>(wanted.share * static_cast<double>(made.region_bytes));
    mixed_stream writer{chosen.seed, level, static_cast<double>(wanted.region_bytes) / 256};
    writer.fill(made.setup);
    writer.churn(4 * writer.live(), made.setup);
    made.items = chosen.scaled(4e6);
    writer.churn(made.items, made.timed);
    made.slots = writer.slots();
    return made;
}

}  // namespace

stream mixed_half_full(const settings& chosen) { return mixed(chosen, {0.50, 256 * mebibyte}); }
stream mixed_nearly_full(const settings& chosen) { return mixed(chosen, {0.85, 256 * mebibyte}); }

stream_maker mixed_in(std::size_t region_bytes) {
    return [region_bytes](const settings& chosen) { return mixed(chosen, {0.50, region_bytes}); };
}

}  // namespace bench
