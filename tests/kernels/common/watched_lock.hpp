// A lock that notices when its holder asks for it again, which no plain lock survives: on one core that is an interrupt
// handler waiting for the very code that it interrupted. The machine then ends as verdict::deadlock instead of hanging.
//
//     core 0:  lock() ... tick ... handler: lock() --> held by core 0 already: nobody will ever unlock it
//
// Between taking the lock and saying who holds it there is a moment that no handler may see: is_changing() tells it.
#pragma once

#include "verdict.hpp"

#include <allot/policy/lock.hpp>

#include <cstdint>

namespace kernel {

template <allot::lockable Lock>
class watched_lock {
public:
    void lock() noexcept requires allot::basic_lockable<Lock> {
        const change changing(*this);
        changing.expect_other_holder();
        lock_.lock();
        changing.hold();
    }

    void unlock() noexcept requires allot::basic_lockable<Lock> {
        const change changing(*this);
        changing.forget_loose();
        lock_.unlock();
    }

    auto lock() noexcept requires allot::token_lockable<Lock> {
        return token_of([this] { return lock_.lock(); });
    }

    /// For lanes: who calls, and the way of a guest.
    static std::uint32_t caller() noexcept requires allot::leaning_lock<Lock> { return Lock::caller(); }
    auto lock_as_guest() noexcept requires allot::leaning_lock<Lock> {
        return token_of([this] { return lock_.lock_as_guest(); });
    }
    bool is_held() const noexcept requires allot::leaning_lock<Lock> { return lock_.is_held(); }

    template <class Token>
    void unlock(Token token) noexcept requires allot::token_lockable<Lock> {
        const change changing(*this);
        changing.forget_loose();
        lock_.unlock(token);
    }

    [[nodiscard]] bool is_held() const noexcept requires allot::observable_lock<Lock> { return lock_.is_held(); }

    /// True while the calling core is inside lock() or unlock(): a handler that finds it so must leave the lock alone.
    static bool is_changing() noexcept { return get(changing_[machine::this_core()]) != 0; }

private:
    static constexpr std::uint32_t nobody = 0;

    static std::uint32_t get(const std::uint32_t& flag) noexcept { return __atomic_load_n(&flag, __ATOMIC_RELAXED); }

    static void set(std::uint32_t& flag, std::uint32_t value) noexcept {
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        __atomic_store_n(&flag, value, __ATOMIC_RELAXED);
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    }

    /// The extent of one lock() or unlock() on one core.
    class change {
    public:
        explicit change(watched_lock& watched) noexcept : watched_(watched), core_(machine::this_core()) {
            set(changing_[core_], 1);
        }
        ~change() { set(changing_[core_], 0); }
        change(const change&) = delete;
        change& operator=(const change&) = delete;

        void hold() const noexcept { set(watched_.holder_, core_ + 1); }
        void forget_loose() const noexcept { set(watched_.holder_, nobody); }

        void expect_other_holder() const noexcept {
            if (get(watched_.holder_) != core_ + 1) return;
            fail(verdict::deadlock, "a handler waits for the lock that the code it interrupted holds", &watched_);
        }

    private:
        watched_lock& watched_;
        std::uint32_t core_;
    };

    template <class Take>
    auto token_of(Take take) noexcept {
        const change changing(*this);
        changing.expect_other_holder();
        const auto token = take();
        changing.hold();
        return token;
    }

    static inline std::uint32_t changing_[machine::max_cores] = {};

    Lock lock_{};
    std::uint32_t holder_ = nobody;
};

}  // namespace kernel
