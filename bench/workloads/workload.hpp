// The workloads of the benchmark. A workload is a stream of operations, or a measurement of its own.
#pragma once

#include "peers/peers.hpp"
#include "support/operation.hpp"
#include "support/region.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr std::size_t mebibyte = std::size_t{1} << 20;

enum class purpose {
    measure,
    check  ///< streams are played with every payload read back and the allocator verified
};

struct settings {
    std::uint64_t seed = 1;
    double scale = 1;  ///< share of the usual number of operations: smoke runs use little
    purpose aim = purpose::measure;

    std::size_t scaled(double usual) const {
        const auto count = static_cast<std::size_t>(usual * scale);
        return count == 0 ? 1 : count;
    }

    /// A check needs neither a large region nor its pages beforehand.
    std::size_t region_bytes(std::size_t usual) const { return aim == purpose::check ? usual / 16 : usual; }
    residence pages() const { return aim == purpose::check ? residence::untouched : residence::touched; }
};

using measurement = std::function<void(benchmark::State&, const peer&, const settings&)>;

/// Which allocators a workload has a figure for.
enum class demand {
    none,
    pairs,     ///< it only replaces, so that an array of fixed places can stand in for a heap
    region,    ///< it measures how a region is filled
    payloads,  ///< it measures the memory under them
    threads    ///< it calls from several, and says itself how long that took
};

struct workload {
    std::string_view name;
    std::string_view title;
    demand needs;
    measurement run;
};

bool can_run(const workload& wanted, const peer& allocator);

/// Streams, for throughput (W1, W4, W5, W6) and latency (W8).
using stream_maker = std::function<stream(const settings&)>;
stream random_actions(const settings&);
stream small_churn(const settings&);
stream lifo_batches(const settings&);
stream fifo_batches(const settings&);
stream mixed_half_full(const settings&);
stream mixed_nearly_full(const settings&);
stream_maker churn_among(double live_objects);
stream_maker mixed_in(std::size_t region_bytes);

/// Measurements of their own.
void exhaustion(benchmark::State&, const peer&, const settings&);
void chunk_steps(benchmark::State&, const peer&, const settings&);
void highest_live_share(benchmark::State&, const peer&, const settings&);
void share_in_use_over_time(benchmark::State&, const peer&, const settings&);
void cost_of_objects(benchmark::State&, const peer&, const settings&);
measurement filled_share(std::size_t region_bytes);
measurement growing_vectors(double factor);
measurement latency_of(const stream_maker&);
measurement throughput_of(const stream_maker&);

/// By several threads.
measurement shared_churn(std::size_t threads);
measurement producers_and_consumers(std::size_t threads);
measurement objects_outliving_threads(std::size_t threads);
measurement batches_handed_over(std::size_t threads);
measurement private_churn(std::size_t threads);

std::vector<workload> all_workloads();

}  // namespace bench
