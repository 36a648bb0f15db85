// Threads on one locked heap, for every lock; and that the torture finds a lock that does nothing.
#include "busy_life.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/heap_over_array.hpp"
#include "support/sanitizer.hpp"

#include <allot/adapters/hosted.hpp>
#include <allot/locked_heap.hpp>
#include <allot/policy/spin_lock.hpp>
#include <allot/policy/ticket_lock.hpp>

#include <chrono>
#include <mutex>

namespace {

using allot_test::end_of;
using heap = allot::basic_heap<allot_test::reporting<allot::default_traits>>;

constexpr std::size_t largest = 600;

// Few for the fair lock: where a waiter's turn comes while it does not run, nobody runs.
template <class Lock>
constexpr unsigned steps_with = allot_test::steps_of_a_life(250'000);
template <>
constexpr unsigned steps_with<allot::ticket_lock> = 10'000;

template <class Lock>
constexpr unsigned threads_with = 4;
template <>
constexpr unsigned threads_with<allot::ticket_lock> = 2;

// What is looked at while two threads live, and how much of their lives lies between two looks: steps, of which each takes the
// lock once or twice.
constexpr unsigned looks = 150;
constexpr unsigned long steps_a_look = 300;

constexpr unsigned life_seconds = 5;

// A spin lock that forgot its memory order: right on its own word, and nobody else's.
class relaxed_spin_lock {
public:
    void lock() noexcept {
        while (__atomic_exchange_n(&word_, 1U, __ATOMIC_RELAXED) != 0) allot::detail::cpu_relax();
    }
    void unlock() noexcept { __atomic_store_n(&word_, 0U, __ATOMIC_RELAXED); }

private:
    std::uint32_t word_ = 0;
};

// A lock that counts how often it was taken and whether it is held.
class counting_lock {
public:
    static inline int taken = 0;
    static inline int held = 0;
    static void lock() noexcept { ++taken, ++held; }
    static void unlock() noexcept { --held; }
};

// Threads on a heap under `Lock`, for a child process.
template <class Lock>
void torture() {
    allot_test::heap_over_array<allot::locked_heap<heap, Lock>> over;
    busy_life::town town(over.heap, largest);
    using clock = std::chrono::steady_clock;
    const auto end = clock::now() + std::chrono::seconds(life_seconds);
    town.live_while(4, [end](unsigned step) { return step % 100 != 0 || clock::now() < end; });
    allot_test::leave_child(town.ended_well() ? 0 : 1);
}

// Chance decides when two threads meet inside the heap, and on a busy machine a short life is over before they do: so
// lives are long, and are tried until one ends in any other way but well. They end long before a child counts as hung, so that a
// lock that works is never taken for one that does not.
template <class Lock>
std::string end_of_torture() {
    std::string end = "returned";
    for (int attempt = 0; attempt < 20 && end == "returned"; ++attempt) end = end_of(torture<Lock>, 3 * life_seconds);
    return end;
}

}  // namespace

TEMPLATE_TEST_CASE("locked_heap: threads keep their payloads, and the heap stays sound", "", allot::spin_lock,
                   allot::ticket_lock, std::mutex, allot::sleeping_lock, allot::hosted_lock) {
    allot_test::heap_over_array<allot::locked_heap<heap, TestType>> over;
    busy_life::town town(over.heap, largest);
    town.live(threads_with<TestType>, steps_with<TestType>);
    CHECK(town.ended_well());
}

TEST_CASE("locked_heap: more threads than cores, each with a lane of its own") {
    using hosted = allot::basic_heap<allot_test::reporting<allot::hosted_traits>>;
    allot_test::heap_over_array<allot::locked_heap<hosted, allot::hosted_lock>> over;
    busy_life::town town(over.heap, 1500);
    town.live(16, allot_test::steps_of_a_life(100'000));
    CHECK(town.ended_well());
}

TEST_CASE("locked_heap: verify, stats and the walk take the lock (R-35)") {
    allot_test::heap_over_array<allot::locked_heap<heap, counting_lock>> over;
    const auto taken_by = [](auto verb) {
        counting_lock::taken = 0;
        verb();
        CHECK(counting_lock::held == 0);
        return counting_lock::taken;
    };
    CHECK(taken_by([&] { static_cast<void>(over.heap.verify()); }) == 1);
    CHECK(taken_by([&] { static_cast<void>(over.heap.stats()); }) == 1);
    const auto held_is = [](int held) {
        return [held](const allot::chunk_info&) { CHECK(counting_lock::held == held); };
    };
    CHECK(taken_by([&] { over.heap.for_each_chunk(held_is(0)); }) == 1);
    CHECK(taken_by([&] { over.heap.while_stopped([&](const auto& still) { still.for_each_chunk(held_is(1)); }); }) ==
          1);
}

TEMPLATE_TEST_CASE("locked_heap: verify, stats and the walk at any time (R-35)", "", allot::spin_lock, std::mutex,
                   allot::hosted_lock) {
    allot_test::heap_over_array<allot::locked_heap<heap, TestType>> over;
    busy_life::town town(over.heap, largest);
    std::atomic<unsigned long> steps{0};
    std::atomic<bool> done{false};
    std::thread workers([&] {
        town.live_while(2, [&](unsigned) {
            ++steps;
            return !done;
        });
    });
    unsigned long unsound = 0;
    unsigned long wrong_sums = 0;
    for (unsigned look = 0; look < looks; ++look) {
        // An unfair lock: a reader that is always back first would starve the workers, for minutes by a std::mutex.
        for (const unsigned long seen = steps; steps - seen < steps_a_look;) std::this_thread::yield();
        if (!over.heap.verify()) ++unsound;
        const allot::heap_stats stats = over.heap.stats();
        const std::size_t sum = stats.in_use_bytes + stats.free_bytes + stats.cached_bytes + stats.overhead_bytes;
        if (sum != stats.region_bytes) ++wrong_sums;
        std::size_t walked = 0;
        over.heap.for_each_chunk([&](const allot::chunk_info& chunk) { walked += chunk.bytes; });
        if (walked > stats.region_bytes) ++wrong_sums;
    }
    done = true;
    workers.join();
    CHECK(unsound == 0);
    CHECK(wrong_sums == 0);
    CHECK(town.ended_well());
}

namespace {

// A lock that leans to whoever comes first, and does not wait until that one is outside.
class hasty_lock : public allot::sleeping_lock {
public:
    void lock() noexcept {
        if (own_ == 0) own_ = allot::thread_numbers::number();
        if (own_ != allot::thread_numbers::number()) sleeping_lock::lock();
    }
    void unlock() noexcept {
        if (own_ != allot::thread_numbers::number()) sleeping_lock::unlock();
    }

private:
    std::atomic<std::uint32_t> own_{0};
};

}  // namespace

TEST_CASE("control: a lock that does nothing is caught") { CHECK(end_of_torture<allot::null_lock>() != "returned"); }

TEST_CASE("control: a lock that leans to a thread and lets others in beside it is caught") {
    CHECK(end_of_torture<hasty_lock>() != "returned");
}

#if defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_options() { return "halt_on_error=1"; }

// An x86 processor forgives a missing order; ThreadSanitizer, whose exit status is 66, does not.
TEST_CASE("control: a lock without memory order is caught") { CHECK(end_of_torture<relaxed_spin_lock>() == "exit 66"); }
#endif
