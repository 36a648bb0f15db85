// One run of the simulation from the first object to the last, and what it counted.
#pragma once

#include "cores/churn.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

struct run_settings {
    std::string lock;  ///< one of `observed_locks`
    std::size_t cores = 1;
    std::size_t pairs = 2000;  ///< of each core, that are counted
    churn_settings churn{};
};

/// Transfers of one kind, with the names of the places.
struct named_transfers {
    transfer_kind kind;
    std::string part;
    std::string cause_part;
    std::size_t count;
};

struct run_result {
    call_counts counts;
    shared_stores to_control_block;
    shared_stores to_chunks;
    std::vector<named_transfers> transfers;

    /// Those for which `is_wanted(named_transfers)`.
    template <class Wanted>
    std::size_t count_of(Wanted&& is_wanted) const {
        std::size_t found = 0;
        for (const named_transfers& each : transfers) found += is_wanted(each) ? each.count : 0;
        return found;
    }
};

/// Counts when the heap is no longer new: every core has its objects, and has replaced as many as half of them and a tenth of
/// `pairs`.
/// Throws `std::runtime_error` if a request failed, a payload lost its bytes, or the heap was not sound.
run_result run_churn(const run_settings& wanted);

}  // namespace bench
