#include "workloads/workload.hpp"

namespace bench {

std::vector<workload> all_workloads() {
    return {
        {"W1", "random actions", demand::none, throughput_of(random_actions)},
        {"W2", "exhaustion by large objects", demand::region, exhaustion},
        {"W3", "chunk allocator's steps, ticks of an allocation", demand::region, chunk_steps},
        {"W4", "small churn, pairs", demand::none, throughput_of(small_churn)},
        {"growth-1e3", "small churn, 1,000 live objects, pairs", demand::pairs, throughput_of(churn_among(1e3))},
        {"growth-1e4", "small churn, 10,000 live objects, pairs", demand::pairs, throughput_of(churn_among(1e4))},
        {"growth-1e5", "small churn, 100,000 live objects, pairs", demand::pairs, throughput_of(churn_among(1e5))},
        {"growth-1e6", "small churn, 10^6 live objects, pairs", demand::pairs, throughput_of(churn_among(1e6))},
        {"growth-1e7", "small churn, 10^7 live objects, pairs", demand::pairs, throughput_of(churn_among(1e7))},
        {"W5-LIFO", "batches freed in reverse, pairs", demand::none, throughput_of(lifo_batches)},
        {"W5-FIFO", "batches freed in order, pairs", demand::none, throughput_of(fifo_batches)},
        {"W6-50", "mixed sizes, 50 % live", demand::none, throughput_of(mixed_half_full)},
        {"W6-85", "mixed sizes, 85 % live", demand::none, throughput_of(mixed_nearly_full)},
        {"W6size-1", "mixed sizes, half of 1 MiB live", demand::none, throughput_of(mixed_in(1 * mebibyte))},
        {"W6size-8", "mixed sizes, half of 8 MiB live", demand::none, throughput_of(mixed_in(8 * mebibyte))},
        {"W6size-64", "mixed sizes, half of 64 MiB live", demand::none, throughput_of(mixed_in(64 * mebibyte))},
        {"W6size-512", "mixed sizes, half of 512 MiB live", demand::none, throughput_of(mixed_in(512 * mebibyte))},
        {"W6max", "mixed sizes, live share at the first failure", demand::region, highest_live_share},
        {"W6fill-2", "2 MiB churned, then filled", demand::region, filled_share(2 * mebibyte)},
        {"W6fill-16", "16 MiB churned, then filled", demand::region, filled_share(16 * mebibyte)},
        {"W6fill-128", "128 MiB churned, then filled", demand::region, filled_share(128 * mebibyte)},
        {"W6age", "live share of the memory touched, %, all replaced n times", demand::payloads,
         share_in_use_over_time},
        {"W7-1.5", "vectors growing by 1.5, growths", demand::none, growing_vectors(1.5)},
        {"W7-2", "vectors growing by 2, growths", demand::none, growing_vectors(2)},
        {"W8-W4", "ticks of a call, small churn", demand::none, latency_of(small_churn)},
        {"W8-W6-50", "ticks of a call, mixed sizes, 50 % live", demand::none, latency_of(mixed_half_full)},
        {"W8-W6-85", "ticks of a call, mixed sizes, 85 % live", demand::none, latency_of(mixed_nearly_full)},
        {"W9", "bytes of the region for an object", demand::region, cost_of_objects},
        {"W11-1", "shared heap, 1 thread, pairs", demand::threads, shared_churn(1)},
        {"W11-2", "shared heap, 2 threads, pairs", demand::threads, shared_churn(2)},
        {"W11-4", "shared heap, 4 threads, pairs", demand::threads, shared_churn(4)},
        {"W11-8", "shared heap, 8 threads, pairs", demand::threads, shared_churn(8)},
        {"W11-16", "shared heap, 16 threads, pairs", demand::threads, shared_churn(16)},
    };
}

bool can_run(const workload& wanted, const peer& allocator) {
    switch (wanted.needs) {
        case demand::region: return allocator.memory == memory_from::region;
        case demand::payloads: return allocates(allocator);
        case demand::threads: return allocator.who == callers::any_thread;
        case demand::pairs: return true;
        default: return allocator.memory != memory_from::places;
    }
}

}  // namespace bench
