// Plays a workload's stream under Google Benchmark's clock: processor time of the thread.
#pragma once

#include "workloads/workload.hpp"

namespace bench {

measurement throughput_of(stream (*make)(const settings&));

}  // namespace bench
