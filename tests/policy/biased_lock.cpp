#include <allot/policy/biased_lock.hpp>

#include <allot/policy/core_local.hpp>
#include <allot/policy/spin_lock.hpp>
#include <allot/policy/ticket_lock.hpp>

#include "lock_laws.hpp"

namespace {

/// Callers whose numbers the test sets, which counts what is dear.
struct told_callers {
    static inline std::uint32_t calling = 1;
    static inline int fences_of_all = 0;
    static inline bool can_fence = true;

    static std::uint32_t number() noexcept { return calling; }
    static void fence() noexcept {}
    static bool can_fence_all() noexcept { return can_fence; }
    static void fence_all() noexcept { ++fences_of_all; }
    static void wait() noexcept {}
};

/// Counts how often it was taken.
class counted_lock : public allot::spin_lock {
public:
    void lock() noexcept { ++taken, spin_lock::lock(); }
    bool try_lock() noexcept { return ++taken, spin_lock::try_lock(); }
    static inline int taken = 0;
};

using told_lock = allot::biased_lock<counted_lock, told_callers>;

/// A new lock, and everything else as at first.
struct fresh {
    fresh() {
        told_callers::calling = 1;
        told_callers::fences_of_all = counted_lock::taken = 0;
        told_callers::can_fence = true;
    }

    /// Takes the lock as a caller, `times` times. The times that the base lock was taken for it.
    int take_as(std::uint32_t caller, int times = 1) {
        told_callers::calling = caller;
        const int before = counted_lock::taken;
        for (int i = 0; i < times; ++i) {
            const allot::lock_guard guard(lock);
            CHECK(lock.is_held());
        }
        CHECK_FALSE(lock.is_held());
        return counted_lock::taken - before;
    }

    told_lock lock;
};

/// Threads by a number each, whose fence is a fence.
struct fenced_threads {
    static std::uint32_t number() noexcept {
        static std::atomic<std::uint32_t> last{0};
        thread_local const std::uint32_t own = ++last;
        return own;
    }
    static void fence() noexcept { std::atomic_thread_fence(std::memory_order_seq_cst); }
    static bool can_fence_all() noexcept { return true; }
    static void fence_all() noexcept { std::atomic_thread_fence(std::memory_order_seq_cst); }
    static void wait() noexcept { std::this_thread::yield(); }
};

struct callers_without_number {
    static void fence() noexcept;
    static bool can_fence_all() noexcept;
    static void fence_all() noexcept;
    static void wait() noexcept;
};

static_assert(allot::numbered_callers<told_callers> && !allot::numbered_callers<callers_without_number>);
static_assert(allot::leaning_lock<told_lock> && allot::tryable_lock<told_lock>);
static_assert(allot::observable_lock<told_lock> && allot::resettable_lock<told_lock>);
static_assert(!allot::leaning_lock<allot::spin_lock> && !allot::leaning_lock<allot::ticket_lock>);
static_assert(sizeof(allot::biased_lock<allot::spin_lock, told_callers>) <= 32 + 2 * sizeof(void*));

constinit told_lock constant_initialised;

}  // namespace

TEST_CASE("biased_lock: leans to its first caller, who needs the base lock once") {
    fresh of;
    CHECK(of.take_as(7) == 1);
    CHECK(of.take_as(7, 100) == 0);
    CHECK(told_callers::fences_of_all == 0);
}

TEST_CASE("biased_lock: another caller ends that by one fence of all") {
    fresh of;
    of.take_as(7);
    CHECK(of.take_as(8, 3) == 3);
    CHECK(told_callers::fences_of_all == 1);
    CHECK(of.take_as(7, 3) == 3);
    CHECK(told_callers::fences_of_all == 1);
}

TEST_CASE("biased_lock: leans to whoever took it 1,024 times in a row") {
    fresh of;
    of.take_as(7);
    CHECK(of.take_as(8, 1023) == 1023);
    of.take_as(7);
    CHECK(of.take_as(8, 1025) == 1024);
    CHECK(of.take_as(8, 100) == 0);
    CHECK(told_callers::fences_of_all == 1);
    CHECK(of.take_as(7, 1025) == 1024);
    CHECK(of.take_as(7, 100) == 0);
    CHECK(told_callers::fences_of_all == 2);
}

TEST_CASE("biased_lock: leans to four callers in all, in turn, and to no fifth") {
    fresh of;
    of.take_as(1);
    for (const std::uint32_t caller : {2u, 3u, 4u}) {
        CHECK(of.take_as(caller, 1025) == 1024);
        CHECK(of.take_as(caller) == 0);
    }
    CHECK(of.take_as(5, 5000) == 5000);
    CHECK(of.take_as(2, 1025) == 1024);
}

TEST_CASE("biased_lock: leans to no guest, and to nobody without a number") {
    fresh of;
    for (int i = 0; i < 2000; ++i) {
        of.lock.lock_as_guest();
        of.lock.unlock();
    }
    CHECK(of.take_as(allot::unnumbered, 2000) == 2000);
    CHECK(of.take_as(9) == 1);
    CHECK(of.take_as(9) == 0);
}

TEST_CASE("biased_lock: the caller that it leans to passes cheaply as a guest too") {
    fresh of;
    CHECK(of.take_as(9) == 1);
    for (int i = 0; i < 2; ++i) {
        of.lock.lock_as_guest();
        CHECK(of.lock.is_held());
        of.lock.unlock();
    }
    CHECK(of.take_as(9) == 0);
    CHECK(counted_lock::taken == 1);
}

TEST_CASE("biased_lock: leans to nobody where not all can be fenced, until they can") {
    fresh of;
    told_callers::can_fence = false;
    CHECK(of.take_as(7, 3) == 3);
    told_callers::can_fence = true;
    CHECK(of.take_as(7, 3) == 1);
}

TEST_CASE("biased_lock: is taken without a wait by anybody while nobody is inside") {
    fresh of;
    of.take_as(7);
    REQUIRE(of.lock.try_lock());
    CHECK(of.lock.is_held());
    CHECK_FALSE(of.lock.try_lock());  // an interrupt handler of the holder
    of.lock.unlock();
    CHECK(of.take_as(7) == 0);  // it leans to that one as before
    REQUIRE(of.lock.try_lock());
    told_callers::calling = 8;
    CHECK_FALSE(of.lock.try_lock());
    told_callers::calling = 7;
    of.lock.unlock();
    for (const std::uint32_t caller : {8u, 7u}) {
        told_callers::calling = caller;
        REQUIRE(of.lock.try_lock());
        CHECK(of.lock.is_held());
        CHECK_FALSE(of.lock.try_lock());
        of.lock.unlock();
    }
    CHECK_FALSE(of.lock.is_held());
}

TEST_CASE("biased_lock: is free and anybody's after a reset") {
    fresh of;
    of.take_as(7);
    told_callers::calling = 7;
    of.lock.lock();
    of.lock.reset();
    CHECK_FALSE(of.lock.is_held());
    CHECK(of.take_as(8) == 1);
    CHECK(of.take_as(8) == 0);
    told_callers::calling = 7;
    of.lock.lock();
    of.lock.reset();
    CHECK(of.take_as(7) == 1);
    CHECK(of.take_as(7) == 0);
}

TEST_CASE("biased_lock: is constant-initialised to free") {
    told_callers::calling = 1;
    { const allot::lock_guard guard(constant_initialised); }
    CHECK_FALSE(constant_initialised.is_held());
}

TEST_CASE("biased_lock: keeps others outside, whoever comes first") {
    allot::biased_lock<allot::spin_lock, fenced_threads> lock;
    lock_laws::keeps_others_outside(lock);
    allot::biased_lock<allot::spin_lock, fenced_threads> leaning;
    { const allot::lock_guard guard(leaning); }
    lock_laws::keeps_others_outside(leaning);
}

TEST_CASE("biased_lock: what one holder wrote the next one reads") {
    allot::biased_lock<allot::spin_lock, fenced_threads> lock;
    lock_laws::keeps_counts(lock, 3, 20'000);
}

namespace {

/// Two counts that only a holder changes: they differ for whoever finds another one inside.
struct guarded_twins {
    allot::biased_lock<allot::spin_lock, fenced_threads> lock{};
    unsigned long count = 0;
    unsigned long twin = 0;
    unsigned long torn = 0;

    void work(unsigned times) {
        for (unsigned i = 0; i < times; ++i) {
            const allot::lock_guard guard(lock);
            if (count != twin) ++torn;
            ++count;
            ++twin;
        }
    }
};

}  // namespace

TEST_CASE("biased_lock: it may lean to one who works much and be taken by another now and then") {
    guarded_twins twins;
    std::thread busy([&] { twins.work(2'000'000); });
    std::thread seldom([&] {
        for (int i = 0; i < 300; ++i) {
            twins.work(1);
            std::this_thread::yield();
        }
    });
    busy.join();
    seldom.join();
    CHECK(twins.torn == 0);
    CHECK(twins.count == 2'000'300);
}

TEST_CASE("biased_lock: it may lean to one after another, each of whom works for a while and then now and then") {
    guarded_twins twins;
    std::vector<std::thread> workers;
    for (unsigned number = 0; number < 3; ++number) {
        workers.emplace_back([&twins, number] {
            for (unsigned burst = 0; burst < 60; ++burst) {
                twins.work(burst % 3 == number ? 20'000 : 20);
                std::this_thread::yield();
            }
        });
    }
    for (std::thread& each : workers) each.join();
    CHECK(twins.torn == 0);
    CHECK(twins.count == 3 * (20 * 20'000 + 40 * 20));
}
