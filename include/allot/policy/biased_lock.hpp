// A lock that leans to one caller, a thread or a core, which takes it without an atomic read-modify-write.
//
//     leans to 3:    caller 3   inside = 1, look whether it still leans to 3 ... inside = 0
//     caller 5       base lock | leans to nobody | everybody fences | wait until 3 is not inside | ... | base lock free
//     leans to none  every caller: base lock.   Caller 3 many times in a row: it leans to 3 again
//
// It leans to the first caller that locks it, for good: only that one ever writes `inside`, which is why it never leans to
// another. Whoever else comes ends that, by the one call that is dear (`Callers::fence_all`: microseconds where it interrupts
// other cores), and waits for at most one hold. It leans back when its own caller took it `takes_to_lean` times in a row,
// so the dear call is paid once in so many holds at most.
//
// Size       20 bytes and Base, constant-initialised to free.
// Fairness   that of Base; its own caller overtakes who waits until it sees that somebody does.
// Order      lock acquires, unlock releases: what one holder wrote the next one reads.
// Failure    none; a second lock() by the holder never returns, and so does one by an interrupt handler or a signal handler.
//
// Kawachiya, Koseki and Onodera, "Lock reservation: Java locks can mostly do without atomic operations", OOPSLA 2002.
// Dice, Huang and Yang, "Asymmetric Dekker synchronization", 2001.
#pragma once

#include <allot/base/config.hpp>
#include <allot/policy/lock.hpp>

#include <concepts>
#include <cstdint>

namespace allot {

/// Who calls. The law: `number()` is not 0, and no two callers that run at the same time have the same, but `unnumbered`. What a
/// caller wrote before `fence()`, and what it reads behind it, is in order for whoever calls `fence_all()`, which is a fence for
/// itself too; that may be asked for only if `can_fence_all()` is true, which stays true. `wait()` passes a little time.
template <class Callers>
concept numbered_callers = requires {
    { Callers::number() }
    noexcept->std::same_as<std::uint32_t>;
    { Callers::fence() }
    noexcept->std::same_as<void>;
    { Callers::can_fence_all() }
    noexcept->std::same_as<bool>;
    { Callers::fence_all() }
    noexcept->std::same_as<void>;
    { Callers::wait() }
    noexcept->std::same_as<void>;
};

/// The number of a caller that has none: no lock leans to it.
inline constexpr std::uint32_t unnumbered = ~std::uint32_t{0};

template <basic_lockable Base, numbered_callers Callers>
class biased_lock {
public:
    constexpr biased_lock() noexcept = default;
    biased_lock(const biased_lock&) = delete;
    biased_lock& operator=(const biased_lock&) = delete;

    /// The number of who calls; `unnumbered` for one that has none.
    ALLOT_INLINE static std::uint32_t caller() noexcept { return Callers::number(); }

    ALLOT_INLINE void lock() noexcept {
        const std::uint32_t caller = Callers::number();
        if (!enter(caller)) [[unlikely]]
            lock_base(caller);
    }

    /// False where the caller would wait, or would end that it leans to another.
    [[nodiscard]] ALLOT_INLINE bool try_lock() noexcept requires tryable_lock<Base> {
        const std::uint32_t caller = Callers::number();
        return enter(caller) || try_lock_base(caller);
    }

    /// The same as `lock`, but it never comes to lean to this caller by it.
    ALLOT_COLD void lock_as_guest() noexcept { lock_base(unnumbered); }

    ALLOT_INLINE void unlock() noexcept {
        if (is_base_held_ == 0) [[likely]]
            set(inside_, 0);
        else unlock_base();
    }

    /// Makes it free, whoever holds it. For the child of a fork.
    void reset() noexcept requires resettable_lock<Base> {
        inside_ = leans_to_ = own_caller_ = in_a_row_ = is_base_held_ = 0;
        base_.reset();
    }

    [[nodiscard]] bool is_held() const noexcept requires observable_lock<Base> {
        return __atomic_load_n(&inside_, __ATOMIC_RELAXED) != 0 || base_.is_held();
    }

private:
    using word = std::uint32_t;

    static constexpr word takes_to_lean = 1024;

    static word get(const word& at) noexcept { return __atomic_load_n(&at, __ATOMIC_ACQUIRE); }
    static void set(word& at, word value) noexcept { __atomic_store_n(&at, value, __ATOMIC_RELEASE); }

    /// The way of the one that it leans to. That one may be inside already, if it is an interrupt handler now.
    ALLOT_INLINE bool enter(word caller) noexcept {
        if (__atomic_load_n(&leans_to_, __ATOMIC_RELAXED) != caller || inside_ != 0) return false;
        __atomic_store_n(&inside_, word{1}, __ATOMIC_RELAXED);
        Callers::fence();
        if (get(leans_to_) == caller) [[likely]]
            return true;
        set(inside_, 0);
        return false;
    }

    ALLOT_COLD void lock_base(word caller) noexcept {
        base_.lock();
        hold_base(caller);
    }

    ALLOT_COLD bool try_lock_base(word caller) noexcept requires tryable_lock<Base> {
        const bool leans = __atomic_load_n(&leans_to_, __ATOMIC_RELAXED) != 0;
        if (leans || !base_.try_lock()) return false;
        hold_base(caller);
        return true;
    }

    /// What is left to do for who has the base lock. Waits until the one that it leans to is outside.
    void hold_base(word caller) noexcept {
        if (const word leant_to = get(leans_to_); leant_to != 0) {
            __atomic_store_n(&leans_to_, word{0}, __ATOMIC_RELAXED);
            Callers::fence_all();
            while (get(inside_) != 0) Callers::wait();
        }
        is_base_held_ = 1;
        count_take_of(caller);
    }

    /// The first caller that is no guest becomes its own, and need not take it many times first.
    void count_take_of(word caller) noexcept {
        if (own_caller_ == 0 && caller != unnumbered && Callers::can_fence_all()) {
            __atomic_store_n(&own_caller_, caller, __ATOMIC_RELAXED);
            in_a_row_ = takes_to_lean;
        }
        in_a_row_ = own_caller_ == caller ? in_a_row_ + 1 : 0;
    }

    ALLOT_COLD void unlock_base() noexcept {
        is_base_held_ = 0;
        if (in_a_row_ >= takes_to_lean) {
            in_a_row_ = 0;
            set(leans_to_, own_caller_);
        }
        base_.unlock();
    }

    word inside_ = 0;      // 1 while the one that it leans to holds it
    word leans_to_ = 0;    // 0: nobody
    word own_caller_ = 0;  // the only one that it ever leans to; 0: none yet
    word in_a_row_ = 0;
    word is_base_held_ = 0;
    Base base_{};
};

}  // namespace allot
