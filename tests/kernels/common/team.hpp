// All cores of the machine at one task: they start together, because only then do they meet in the heap, and they end
// together, because what comes after counts on a heap that nobody uses.
#pragma once

#include "verdict.hpp"

#include <cstdint>

namespace kernel {

class team {
public:
    /// Wakes the other cores for `work`, which must begin and end with wait_for_all(). Pre: called once.
    void start(void (*work)(), unsigned cores) noexcept {
        expect(machine::core_count() == cores, "the machine has another number of cores than was asked for");
        cores_ = cores;
        machine::start_cores(work);
    }

    /// Returns when every core has come here as often as the caller.
    void wait_for_all() noexcept {
        const std::uint32_t ticket = machine::fetch_add(arrived_, 1);
        const std::uint32_t complete = (ticket / cores_ + 1) * cores_;
        while (__atomic_load_n(&arrived_, __ATOMIC_ACQUIRE) < complete) machine::relax();
    }

private:
    std::uint32_t arrived_ = 0;
    std::uint32_t cores_ = 1;
};

}  // namespace kernel
