#include "workloads/throughput.hpp"
#include "workloads/workload.hpp"

namespace bench {

std::vector<workload> all_workloads() {
    return {
        {"W1", "random actions", throughput_of(random_actions), false},
        {"W4", "small churn, pairs", throughput_of(small_churn), false},
        {"W5-LIFO", "batches freed in reverse, pairs", throughput_of(lifo_batches), false},
        {"W5-FIFO", "batches freed in order, pairs", throughput_of(fifo_batches), false},
        {"W6-50", "mixed sizes, 50 % live", throughput_of(mixed_half_full), false},
        {"W6-85", "mixed sizes, 85 % live", throughput_of(mixed_nearly_full), false},
    };
}

}  // namespace bench
