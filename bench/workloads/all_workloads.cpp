#include "workloads/workload.hpp"

namespace bench {

std::vector<workload> all_workloads() {
    return {
        {"W1", "random actions", demand::none, throughput_of(random_actions)},
        {"W2", "exhaustion by large objects", demand::region, exhaustion},
        {"W3", "chunk allocator's steps, ns of an allocation", demand::region, chunk_steps},
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
        {"W8-W4", "ns of a call, small churn", demand::none, latency_of(small_churn)},
        {"W8-W6-50", "ns of a call, mixed sizes, 50 % live", demand::none, latency_of(mixed_half_full)},
        {"W8-W6-85", "ns of a call, mixed sizes, 85 % live", demand::none, latency_of(mixed_nearly_full)},
        {"W9", "bytes of the region for an object", demand::region, cost_of_objects},
        {"W11-1", "shared churn, 1 thread, pairs", demand::threads, shared_churn(1)},
        {"W11-2", "shared churn, 2 threads, pairs", demand::threads, shared_churn(2)},
        {"W11-4", "shared churn, 4 threads, pairs", demand::threads, shared_churn(4)},
        {"W11-8", "shared churn, 8 threads, pairs", demand::threads, shared_churn(8)},
        {"W11-16", "shared churn, 16 threads, pairs", demand::threads, shared_churn(16)},
        {"W12-1", "producer and consumer, 1 thread, pairs", demand::threads, producers_and_consumers(1)},
        {"W12-2", "producer and consumer, 2 threads, pairs", demand::threads, producers_and_consumers(2)},
        {"W12-4", "producer and consumer, 4 threads, pairs", demand::threads, producers_and_consumers(4)},
        {"W12-8", "producer and consumer, 8 threads, pairs", demand::threads, producers_and_consumers(8)},
        {"W12-16", "producer and consumer, 16 threads, pairs", demand::threads, producers_and_consumers(16)},
        {"W13-1", "larson-like, 1 thread, pairs", demand::threads, objects_outliving_threads(1)},
        {"W13-2", "larson-like, 2 threads, pairs", demand::threads, objects_outliving_threads(2)},
        {"W13-4", "larson-like, 4 threads, pairs", demand::threads, objects_outliving_threads(4)},
        {"W13-8", "larson-like, 8 threads, pairs", demand::threads, objects_outliving_threads(8)},
        {"W13-16", "larson-like, 16 threads, pairs", demand::threads, objects_outliving_threads(16)},
        {"W14-1", "batches handed over, 1 thread, pairs", demand::threads, batches_handed_over(1)},
        {"W14-2", "batches handed over, 2 threads, pairs", demand::threads, batches_handed_over(2)},
        {"W14-4", "batches handed over, 4 threads, pairs", demand::threads, batches_handed_over(4)},
        {"W14-8", "batches handed over, 8 threads, pairs", demand::threads, batches_handed_over(8)},
        {"W14-16", "batches handed over, 16 threads, pairs", demand::threads, batches_handed_over(16)},
        {"W15-1", "private churn, 1 thread, pairs", demand::threads, private_churn(1)},
        {"W15-2", "private churn, 2 threads, pairs", demand::threads, private_churn(2)},
        {"W15-4", "private churn, 4 threads, pairs", demand::threads, private_churn(4)},
        {"W15-8", "private churn, 8 threads, pairs", demand::threads, private_churn(8)},
        {"W15-16", "private churn, 16 threads, pairs", demand::threads, private_churn(16)},
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
