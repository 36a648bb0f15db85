// A lock that leans to one caller, a thread or a core, which takes it without an atomic read-modify-write.
//
//     one caller:    as lone_entry.hpp, until there is another one, which ends that for good
//     leans to 3:    caller 3   inside = 1, look whether it still leans to 3 ... inside = 0
//     caller 5       base lock | leans to nobody | everybody fences | wait until 3 is not inside | ... | base lock free
//     leans to none  every caller: base lock.   Caller 5 many times in a row: it leans to 5
//
// It leans to the first caller that locks it and is not alone. Whoever else comes ends that, by the one call that is dear
// (`Callers::fence_all`: microseconds where it interrupts other cores), and waits for at most one hold. Then it leans to whoever
// took it `takes_to_lean` times in a row, so the dear call is paid once in so many holds at most. Each caller that it ever leans to
// has an `inside` of its own, for good: one that was held up between two steps of its way in may write it late, and no other is
// harmed. There are a few of those; when they are given out, the lock leans to none but the callers that have one.
//
// Size       40 bytes (32-bit: 36), Base and lone_entry, constant-initialised to free.
// Fairness   that of Base; the caller that it leans to overtakes who waits until it sees that somebody does.
// Order      lock acquires, unlock releases: what one holder wrote the next one reads.
// Failure    none but that of `fence_all`; a second lock() by the holder never returns, and so does one by an interrupt handler or a
//            signal handler.
//
// Kawachiya, Koseki and Onodera, "Lock reservation: Java locks can mostly do without atomic operations", OOPSLA 2002.
// Dice, Huang and Yang, "Asymmetric Dekker synchronization", 2001.
#pragma once

#include <allot/base/config.hpp>
#include <allot/policy/lock.hpp>
#include <allot/policy/lone_entry.hpp>

#include <concepts>
#include <cstdint>

namespace allot {

/// Who calls. The law: `number()` is from 1 to 2^30 - 2, and no two callers that run at the same time have the same; or it is
/// `unnumbered`. What a caller wrote before `fence()`, and what it reads behind it, is in order for whoever calls `fence_all()`,
/// which is a fence for itself too; that may be asked for only if `can_fence_all()` is true, which stays true. `wait()` passes a
/// little time.
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
    using entry = detail::lock_entry;

    constexpr biased_lock() noexcept = default;
    biased_lock(const biased_lock&) = delete;
    biased_lock& operator=(const biased_lock&) = delete;

    /// The number of who calls; `unnumbered` for one that has none.
    ALLOT_INLINE static std::uint32_t caller() noexcept { return Callers::number(); }

    /// The same if that is known without a call; 0 if not.
    ALLOT_INLINE static std::uint32_t known_caller() noexcept {
        if constexpr (requires { Callers::known_number(); }) return Callers::known_number();
        else return Callers::number();
    }

    ALLOT_INLINE void lock() noexcept {
        if (!enter_cheaply()) [[unlikely]]
            lock_base(Callers::number());
    }

    /// False where the caller would wait for who is inside.
    [[nodiscard]] ALLOT_INLINE bool try_lock() noexcept requires tryable_lock<Base> {
        return enter_cheaply() || try_lock_base(Callers::number());
    }

    /// The same as `lock`, but it never comes to lean to this caller by it, who need not have a number.
    ALLOT_COLD void lock_as_guest() noexcept {
        auto* inside = lone_.enter();
        if (inside == nullptr) {
            if (const word caller = known_caller(); caller != 0) inside = enter(caller);
        }
        if (inside != nullptr) entered_ = inside;
        else lock_base(unnumbered);
    }

    ALLOT_INLINE void unlock() noexcept {
        if (entered_ != nullptr) [[likely]]
            leave(entered_);
        else unlock_base();
    }

    /// The way of the only caller there is, alone: where to write that it has left. Null: there are others, or were when the lock was
    /// taken, or the caller is inside already, a signal handler.
    [[nodiscard]] ALLOT_INLINE entry enter_alone() noexcept requires lone_callers<Callers> { return lone_.enter(); }

    /// The way of the one that it leans to, alone: where to write that it has left. Null: it leans to another or to nobody, or the
    /// caller is inside already, an interrupt handler. Pre: a number.
    [[nodiscard]] ALLOT_INLINE entry enter(std::uint32_t caller) noexcept {
        const word leans_to = __atomic_load_n(&leans_to_, __ATOMIC_RELAXED);
        const word place = leans_to ^ leaning(caller, 0);  // more than there are where it leans to another caller
        if (place >= places || inside_[place] != 0) return nullptr;
        auto* const inside = &inside_[place];
        __atomic_store_n(inside, std::uint8_t{1}, __ATOMIC_RELAXED);
        Callers::fence();
        if (get(leans_to_) == leans_to) [[likely]]
            return inside;
        leave(inside);
        return nullptr;
    }

    /// Lets go of what was entered.
    // NOLINTNEXTLINE(readability-non-const-parameter): it is written through
    ALLOT_INLINE static void leave(entry inside) noexcept {
        __atomic_store_n(inside, std::uint8_t{0}, __ATOMIC_RELEASE);
    }

    /// Makes it free, whoever holds it. For the child of a fork.
    void reset() noexcept requires resettable_lock<Base> {
        leans_to_ = last_caller_ = in_a_row_ = 0;
        entered_ = nullptr;
        lone_.reset();
        for (word& each : callers_) each = 0;
        for (std::uint8_t& each : inside_) each = 0;
        base_.reset();
    }

    [[nodiscard]] bool is_held() const noexcept requires observable_lock<Base> {
        const word leans_to = __atomic_load_n(&leans_to_, __ATOMIC_RELAXED);
        return lone_.is_inside() || (leans_to != 0 && get(inside_in(leans_to)) != 0) || base_.is_held();
    }

private:
    using word = std::uint32_t;

    static constexpr word takes_to_lean = 1024;
    static constexpr unsigned place_bits = 2;
    static constexpr word places = word{1} << place_bits;

    template <class Value>
    static Value get(const Value& at) noexcept {
        return __atomic_load_n(&at, __ATOMIC_ACQUIRE);
    }
    template <class Value>
    static void set(Value& at, Value value) noexcept {
        __atomic_store_n(&at, value, __ATOMIC_RELEASE);
    }

    // Whom it leans to: the caller and its place, in one word. 0: nobody.
    static constexpr word leaning(word caller, word place) noexcept { return caller << place_bits | place; }
    const std::uint8_t& inside_in(word leaning) const noexcept { return inside_[leaning % places]; }

    ALLOT_INLINE bool enter_cheaply() noexcept {
        auto* inside = lone_.enter();
        if (inside == nullptr) inside = enter(Callers::number());
        if (inside == nullptr) return false;
        entered_ = inside;
        return true;
    }

    ALLOT_COLD void lock_base(word caller) noexcept {
        base_.lock();
        lone_.close(Callers::wait);
        if (const word leans_to = get(leans_to_); leans_to != 0) {
            lean_to_nobody();
            while (get(inside_in(leans_to)) != 0) Callers::wait();
        }
        hold_base(caller);
    }

    ALLOT_COLD bool try_lock_base(word caller) noexcept requires tryable_lock<Base> {
        if (!base_.try_lock()) return false;
        if (lone_.is_inside()) return base_.unlock(), false;
        lone_.close(Callers::wait);
        if (const word leans_to = get(leans_to_); leans_to != 0) {
            lean_to_nobody();
            if (get(inside_in(leans_to)) != 0) {
                set(leans_to_, leans_to);
                base_.unlock();
                return false;
            }
        }
        hold_base(caller);
        return true;
    }

    /// Pre: the base lock is held. From here on nobody comes in the cheap way, but one may be inside.
    void lean_to_nobody() noexcept {
        __atomic_store_n(&leans_to_, word{0}, __ATOMIC_RELAXED);
        Callers::fence_all();
    }

    /// Counts how often the same caller came in a row; the first one of all need not come often.
    void hold_base(word caller) noexcept {
        entered_ = nullptr;
        in_a_row_ = caller == last_caller_ ? in_a_row_ + 1 : 1;
        last_caller_ = caller;
        if (callers_[0] == 0) in_a_row_ = takes_to_lean;
    }

    ALLOT_COLD void unlock_base() noexcept {
        if (in_a_row_ >= takes_to_lean) lean_to(last_caller_);
        base_.unlock();
    }

    void lean_to(word caller) noexcept {
        in_a_row_ = 0;
        if (caller == unnumbered || !Callers::can_fence_all()) return;
        for (word place = 0; place < places; ++place) {
            if (callers_[place] != 0 && callers_[place] != caller) continue;
            callers_[place] = caller;
            return set(leans_to_, leaning(caller, place));
        }
    }

    word leans_to_ = 0;
    std::uint8_t inside_[places] = {};  // 1 while the caller that has this place holds it
    entry entered_ = nullptr;           // what its holder will leave; null: the base lock
    word callers_[places] = {};         // who has a place; 0: nobody yet
    word last_caller_ = 0;
    word in_a_row_ = 0;
    Base base_{};
    [[no_unique_address]] detail::lone_entry<Callers> lone_{};
};

}  // namespace allot
