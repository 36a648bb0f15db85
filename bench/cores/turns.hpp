// Simulated cores that take turns on one thread: each a stack of its own, and the next one goes on between any two accesses.
//
//     core 0   ---access access|                        |access access access|
//     core 1                   |access access access ...|
//
// A turn has 1 to 63 accesses, drawn from a seed: about as many as a call has, so that calls overlap in every way, and
// every run of a seed is the same.
#pragma once

#include "support/random.hpp"
#include "support/region.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <ucontext.h>

namespace bench {

/// The number of the core whose turn it is; 0 outside.
std::size_t running_core();

class core_turns {
public:
    /// Throws `std::bad_alloc` if there is no memory for the stacks.
    core_turns(std::size_t cores, std::uint64_t seed);

    /// Lets every core run `life(core)`, until all have ended. Not to be nested.
    void run(const std::function<void(std::size_t)>& life);

    /// To be called by a core before each access: others may have their turns first.
    void before_access() {
        if (--left_in_turn_ == 0) pass();
    }

    /// Ends the turn of the running core.
    void pass();

    std::size_t cores() const { return stacks_.size(); }

    /// True if an address is on the stack of the running core.
    bool is_on_own_stack(std::uintptr_t address) const;

private:
    static void live();
    void begin_turn_of(std::size_t core);

    std::vector<std::unique_ptr<region>> stacks_;
    std::vector<ucontext_t> contexts_;
    std::vector<bool> has_ended_;
    ucontext_t outside_{};
    const std::function<void(std::size_t)>* life_ = nullptr;
    random dice_;
    std::size_t left_in_turn_ = 0;
};

}  // namespace bench
