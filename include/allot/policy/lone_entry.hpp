// The way into a lock for a caller that is the only one there is: no look at who it is, no atomic read-modify-write.
//
//     enter:  outside -> inside      only while the callers say that there is one, and only while the way is open
//     leave:  inside  -> outside
//     close:  waits while it is inside, then -> closed, for good: there are others now, and the lock has other ways
//
// Size       1 byte, constant-initialised to outside. Of callers who cannot tell whether they are alone: none, closed.
// Order      enter acquires, leave releases.
//
// glibc's malloc takes no lock either while a process has one thread (SINGLE_THREAD_P).
#pragma once

#include <allot/base/config.hpp>

#include <concepts>
#include <cstdint>

namespace allot {

/// Callers that can tell, without a call, whether there is only one of them. The law: while `is_alone()` is true nobody else can
/// call, and whoever becomes able to does so by an act of the one that is asked, which orders what that one did before.
template <class Callers>
concept lone_callers = requires {
    { Callers::is_alone() }
    noexcept->std::same_as<bool>;
};

namespace detail {

/// Where to write that one has left a lock.
using lock_entry = std::uint8_t*;

template <class Callers>
class lone_entry {
public:
    /// Null: not alone, not any more, or inside already, a signal handler.
    [[nodiscard]] static constexpr lock_entry enter() noexcept { return nullptr; }
    static constexpr bool is_inside() noexcept { return false; }
    template <class Wait>
    static constexpr void close(Wait&&) noexcept {}
    static constexpr void reset() noexcept {}
};

template <lone_callers Callers>
class lone_entry<Callers> {
public:
    [[nodiscard]] ALLOT_INLINE lock_entry enter() noexcept {
        if (!Callers::is_alone() || state_ != outside) return nullptr;
        __atomic_store_n(&state_, inside, __ATOMIC_RELAXED);
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        return &state_;
    }

    bool is_inside() const noexcept { return __atomic_load_n(&state_, __ATOMIC_ACQUIRE) == inside; }

    /// For whoever has locked out all that are not alone.
    template <class Wait>
    void close(Wait&& wait) noexcept {
        while (is_inside()) wait();
        __atomic_store_n(&state_, closed, __ATOMIC_RELAXED);
    }

    /// Nobody is inside, whoever was.
    void reset() noexcept {
        if (state_ != closed) state_ = outside;
    }

private:
    static constexpr std::uint8_t outside = 0;
    static constexpr std::uint8_t inside = 1;
    static constexpr std::uint8_t closed = 2;

    std::uint8_t state_ = outside;
};

}  // namespace detail
}  // namespace allot
