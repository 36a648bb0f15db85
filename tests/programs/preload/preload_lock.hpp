// The lock of a preloaded heap: one of the library's, which sees to forks by itself, or what a planted fault makes of it.
#pragma once

#include "sabotage.hpp"

#include <allot/adapters/hosted.hpp>

#include <type_traits>

class no_lock_at_all {
public:
    static void lock() noexcept {}
    static void unlock() noexcept {}
};

// Held at the fork, and still held in the child.
class lock_that_forks_break : public allot::sleeping_lock {
public:
    static void reset() noexcept {}
};

using preload_lock = std::conditional_t<
    planted == sabotage::lock_does_nothing, no_lock_at_all,
    std::conditional_t<planted == sabotage::fork_keeps_the_lock, lock_that_forks_break, allot::hosted_lock>>;
