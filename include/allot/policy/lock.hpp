// What a locked heap may use as its lock, and the guard that holds one for a scope.
//
//     basic lock:  lock()            ... unlock()           spin_lock, ticket_lock, null_lock, std::mutex
//     token lock:  token = lock()    ... unlock(token)      irq_safe: the token is the saved interrupt state
//
// The law of a lock, beyond the signatures: between lock() and the matching unlock() no other thread of control
// is between its own; everything written before an unlock() is seen after the next lock(). lock() returns only
// once the lock is held: a lock that may give up returns something, and a returned value must be a token that
// unlock() takes. Unless a lock says otherwise it is not recursive: a second lock() by its holder never returns.
#pragma once

#include <allot/base/config.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace allot {

/// A lock that is held or not, and remembers that itself.
template <class Lock>
concept basic_lockable = requires(Lock& lock) {
    { lock.lock() } -> std::same_as<void>;
    lock.unlock();
};

/// A lock whose holder keeps a state until it lets go.
template <class Lock>
concept token_lockable = requires(Lock& lock) {
    requires !std::is_void_v<decltype(lock.lock())>;
    lock.unlock(lock.lock());
};

template <class Lock>
concept lockable = basic_lockable<Lock> || token_lockable<Lock>;

/// A lock that can be asked, without waiting, whether somebody holds it; the answer may be old at once. A locked heap uses
/// several locks of such a type, and holds more than one at a time, always in the same order.
template <class Lock>
concept observable_lock = lockable<Lock> && requires(const Lock& lock) {
    { lock.is_held() }
    noexcept->std::same_as<bool>;
};

/// A lock that can be taken if that needs no wait: true if it is held now.
template <class Lock>
concept tryable_lock = basic_lockable<Lock> && requires(Lock& lock) {
    { lock.try_lock() }
    noexcept->std::same_as<bool>;
};

/// A lock that can be made free, whoever holds it or waits for it: in the child of a fork nobody else is left.
template <class Lock>
concept resettable_lock = lockable<Lock> && requires(Lock& lock) {
    { lock.reset() }
    noexcept->std::same_as<void>;
};

/// A lock that knows its callers by number and lets one of them pass cheaply, who works most with it. A guest takes it without ever
/// becoming that one. `caller()` is never 0.
template <class Lock>
concept leaning_lock = lockable<Lock> && requires(Lock& lock) {
    { Lock::caller() }
    noexcept->std::same_as<std::uint32_t>;
    { lock.lock_as_guest() }
    noexcept->std::same_as<decltype(lock.lock())>;
};

/// Sees to it that the caller has a number, if the lock has numbers for callers. To get the first one may allocate, take locks of the
/// system and register handlers of a fork: not with a lock held.
template <lockable Lock>
void number_caller() noexcept {
    if constexpr (leaning_lock<Lock>) static_cast<void>(Lock::caller());
}

/// A leaning lock whose cheap way may be tried alone. `enter` gives something that is not null if the lock leans to this caller, who
/// holds it then until it has that `leave`. `known_caller()` is the caller's number if that takes no call to tell, else 0.
template <class Lock>
concept enterable_lock = leaning_lock<Lock> && requires(Lock& lock, typename Lock::entry entered) {
    { Lock::known_caller() }
    noexcept->std::same_as<std::uint32_t>;
    { lock.enter(std::uint32_t{1}) }
    noexcept->std::same_as<typename Lock::entry>;
    { lock.leave(entered) }
    noexcept->std::same_as<void>;
};

/// A leaning lock that can tell whether its caller is the only one there is. `enter_alone` gives something that is not null if it
/// is, and was whenever the lock was taken before; then the caller holds the lock until it has that `leave`.
template <class Lock>
concept lone_lock = leaning_lock<Lock> && requires(Lock& lock, typename Lock::entry entered) {
    { lock.enter_alone() }
    noexcept->std::same_as<typename Lock::entry>;
    { lock.leave(entered) }
    noexcept->std::same_as<void>;
};

/// What a lock that spins does while it waits. The law of `relax()`: it passes a little time, and neither takes a lock nor uses the
/// heap that the lock guards. It is called again and again: a kernel may sleep until an event, a guest may give its slice back.
template <class Relax>
concept relax_hook = requires {
    { Relax::relax() }
    noexcept->std::same_as<void>;
};

/// Tells the processor that this is a spin-wait loop.
struct relax_processor {
    static void relax() noexcept { detail::cpu_relax(); }
};

/// For a heap that one thread of control uses: no state, no instruction.
class null_lock {
public:
    static constexpr void lock() noexcept {}
    static constexpr void unlock() noexcept {}
    static constexpr void reset() noexcept {}
};

/// Holds a lock from its construction to the end of its scope.
template <lockable Lock>
class [[nodiscard]] lock_guard {
public:
    constexpr explicit lock_guard(Lock& lock) noexcept : lock_(lock) { lock_.lock(); }
    constexpr ~lock_guard() { lock_.unlock(); }

    lock_guard(const lock_guard&) = delete;
    lock_guard& operator=(const lock_guard&) = delete;

private:
    Lock& lock_;
};

template <token_lockable Lock>
class [[nodiscard]] lock_guard<Lock> {
public:
    constexpr explicit lock_guard(Lock& lock) noexcept : lock_(lock), token_(lock.lock()) {}
    constexpr ~lock_guard() { lock_.unlock(std::move(token_)); }

    lock_guard(const lock_guard&) = delete;
    lock_guard& operator=(const lock_guard&) = delete;

private:
    Lock& lock_;
    decltype(std::declval<Lock&>().lock()) token_;
};

/// Takes a lock in one call and lets go of it in another, and keeps the token of a token lock in between.
template <lockable Lock>
class lock_holder {
public:
    constexpr void lock(Lock& held) noexcept { held.lock(); }
    constexpr void lock_as_guest(Lock& held) noexcept {
        if constexpr (leaning_lock<Lock>) held.lock_as_guest();
        else held.lock();
    }
    constexpr void unlock(Lock& held) noexcept { held.unlock(); }
};

template <token_lockable Lock>
class lock_holder<Lock> {
public:
    constexpr void lock(Lock& held) noexcept { token_ = held.lock(); }
    constexpr void lock_as_guest(Lock& held) noexcept {
        if constexpr (leaning_lock<Lock>) token_ = held.lock_as_guest();
        else token_ = held.lock();
    }
    constexpr void unlock(Lock& held) noexcept { held.unlock(std::move(token_)); }

private:
    decltype(std::declval<Lock&>().lock()) token_{};
};

/// Takes a lock if that needs no wait, and lets go of it at the end of its scope. Where a lock can only tell whether it is held,
/// that may be old at once, and then it waits after all.
template <observable_lock Lock>
class [[nodiscard]] try_guard {
public:
    constexpr explicit try_guard(Lock& lock) noexcept : lock_(lock) {
        if constexpr (tryable_lock<Lock>) {
            is_holding_ = lock_.try_lock();
        } else if (!lock_.is_held()) {
            holder_.lock(lock_);
            is_holding_ = true;
        }
    }
    constexpr ~try_guard() {
        if (!is_holding_) return;
        if constexpr (tryable_lock<Lock>) lock_.unlock();
        else holder_.unlock(lock_);
    }

    try_guard(const try_guard&) = delete;
    try_guard& operator=(const try_guard&) = delete;

    /// True if the lock is held by this object.
    constexpr bool is_holding() const noexcept { return is_holding_; }

private:
    Lock& lock_;
    bool is_holding_ = false;
    [[no_unique_address]] lock_holder<Lock> holder_{};
};

/// Has what was entered of a lock, if anything was, and leaves it at the end of its scope.
template <class Lock>
class [[nodiscard]] entry_guard {
public:
    entry_guard(const entry_guard&) = delete;
    entry_guard& operator=(const entry_guard&) = delete;

    ALLOT_INLINE bool is_holding() const noexcept { return entered_ != nullptr; }

protected:
    ALLOT_INLINE entry_guard(Lock& lock, typename Lock::entry entered) noexcept : lock_(lock), entered_(entered) {}
    ALLOT_INLINE ~entry_guard() {
        if (is_holding()) lock_.leave(entered_);
    }

private:
    Lock& lock_;
    typename Lock::entry entered_;
};

/// Holds a lock for a scope if that needs no wait and, where it can be entered, no call. One that can be neither entered nor tried is
/// held as ever.
template <lockable Lock>
class [[nodiscard]] quick_guard : public lock_guard<Lock> {
public:
    using lock_guard<Lock>::lock_guard;
    static constexpr bool is_holding() noexcept { return true; }
};

template <observable_lock Lock>
requires(tryable_lock<Lock> && !leaning_lock<Lock>) class [[nodiscard]] quick_guard<Lock> : public try_guard<Lock> {
public:
    using try_guard<Lock>::try_guard;
};

template <enterable_lock Lock>
class [[nodiscard]] quick_guard<Lock> : public entry_guard<Lock> {
public:
    ALLOT_INLINE explicit quick_guard(Lock& lock) noexcept : entry_guard<Lock>(lock, enter(lock)) {}

private:
    ALLOT_INLINE static typename Lock::entry enter(Lock& lock) noexcept {
        const std::uint32_t caller = Lock::known_caller();
        return caller != 0 ? lock.enter(caller) : nullptr;
    }
};

/// Holds a lock for a scope if the caller is the only one there is.
template <lone_lock Lock>
class [[nodiscard]] lone_guard : public entry_guard<Lock> {
public:
    ALLOT_INLINE explicit lone_guard(Lock& lock) noexcept : entry_guard<Lock>(lock, lock.enter_alone()) {}
};

static_assert(basic_lockable<null_lock>);

}  // namespace allot
