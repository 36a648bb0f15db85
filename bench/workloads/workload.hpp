// The workloads of the benchmark. A workload is a stream of operations, or a measurement of its own.
#pragma once

#include "peers/peers.hpp"
#include "support/operation.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr std::size_t mebibyte = std::size_t{1} << 20;

struct settings {
    std::uint64_t seed = 1;
    double scale = 1;  ///< share of the usual number of operations: smoke runs use little

    std::size_t scaled(double usual) const {
        const auto count = static_cast<std::size_t>(usual * scale);
        return count == 0 ? 1 : count;
    }
};

using measurement = std::function<void(benchmark::State&, const peer&, const settings&)>;

struct workload {
    std::string_view name;
    std::string_view title;
    measurement run;
    bool needs_region;  ///< measures how a region is filled, so a hosted allocator has no figure
};

/// Streams, for throughput (W1, W4 to W7), latency (W8) and instruction counts.
stream random_actions(const settings&);
stream small_churn(const settings&);
stream lifo_batches(const settings&);
stream fifo_batches(const settings&);
stream mixed_half_full(const settings&);
stream mixed_nearly_full(const settings&);

std::vector<workload> all_workloads();

}  // namespace bench
