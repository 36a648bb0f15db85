// What can be measured of one trace replayed over one allocator. Each measurement wants a process of its own.
//
//     speed    operations a second of thread CPU time, the heap warm: the trace has been played once before the clock
//     pauses   single calls in nanoseconds; of each call the quickest of five passes, which leaves out what the machine
//              did meanwhile. A region's heap is new in every pass, so its passes are alike to the bit; a hosted
//              allocator's are alike only in the large, and a pause that wanders from call to call is missed
//     memory   resident bytes over the replay, every payload written whole, nothing touched before
//     region   the smallest region in which no call fails (allocators over a region only)
//     check    every payload read back before it changes or goes; the allocator asked whether it is sound
#pragma once

#include "peers/peers.hpp"
#include "traces/loaded_replay.hpp"

#include <cstddef>
#include <vector>

namespace bench {

struct speed {
    double operations_per_second;
    std::size_t passes;
};

struct pauses {
    double median_ns, p99_ns, p999_ns, largest_ns;
};

struct memory_sample {
    std::size_t operation;
    std::size_t live_bytes;
    std::size_t resident_bytes;
};

/// Throw `std::runtime_error` if a call fails where the region should have been large enough.
speed measure_speed(const peer& chosen, const loaded_replay& played);
pauses measure_pauses(const peer& chosen, const loaded_replay& played);
std::vector<memory_sample> measure_memory(const peer& chosen, const loaded_replay& played);
std::size_t measure_region(const peer& chosen, const loaded_replay& played);

/// Throws `std::runtime_error` if a payload was changed or the allocator is not sound.
void check(const peer& chosen, const loaded_replay& played);

}  // namespace bench
