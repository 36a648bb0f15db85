// A locked heap that uses its lanes from the start, for tests of one thread.
#pragma once

#include <allot/locked_heap.hpp>
#include <allot/policy/biased_lock.hpp>

#include <cstdint>
#include <cstdlib>

namespace allot_test {

/// Does nothing but notice that it is taken twice, or given back by nobody. Says that somebody holds it when told to.
class contended_lock {
public:
    static inline bool looks_held = false;

    void lock() noexcept {
        if (is_taken_) std::abort();
        is_taken_ = true;
    }
    void unlock() noexcept {
        if (!is_taken_) std::abort();
        is_taken_ = false;
    }
    static bool is_held() noexcept { return looks_held; }

private:
    bool is_taken_ = false;
};

static_assert(allot::observable_lock<contended_lock>);

/// Traits with lanes on every target.
template <class Base>
struct laned : Base {
    static constexpr std::size_t lanes = 8;
};

/// The same, and one thread is like many: a call in five comes from another one.
template <class Base>
struct wandering : laned<Base> {
    static inline std::size_t calls = 0;
    static std::size_t lane_hint() noexcept { return calls++ / 5 % 6; }
};

/// The same, for lanes that have owners.
template <class Traits>
struct wandering_callers {
    static std::uint32_t number() noexcept { return static_cast<std::uint32_t>(wandering<Traits>::lane_hint()) + 1; }
    static void fence() noexcept {}
    static bool can_fence_all() noexcept { return true; }
    static void fence_all() noexcept {}
    static void wait() noexcept { std::abort(); }
};

template <class Traits, class Lock = contended_lock>
class contended : public allot::locked_heap<allot::basic_heap<wandering<Traits>>, Lock> {
public:
    /// An empty heap serves nobody, but counts that each caller has found the lock held.
    contended() noexcept {
        contended_lock::looks_held = true;
        for (int i = 0; i < 100; ++i) {
            if (this->try_allocate(1) != nullptr) std::abort();
        }
        contended_lock::looks_held = false;
        wandering<Traits>::calls = 0;
    }
};

/// A contended heap whose lanes have owners.
template <class Traits>
using with_owners = contended<Traits, allot::biased_lock<contended_lock, wandering_callers<Traits>>>;

}  // namespace allot_test
