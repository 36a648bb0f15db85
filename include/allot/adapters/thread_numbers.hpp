// Numbers for the threads of a hosted program, small and dense, for a heap's locks and lanes.
//
//     thread A -> 1    thread B -> 2    thread C -> 3        B ends; the next thread that calls gets 2
//
// A thread gets the smallest free number when it calls first, and gives it back when it ends, behind the destructors of its
// thread-local objects, by a key of pthreads. After that, and where all numbers are given out or no key is left, it is `unnumbered`.
//
// Guarantees: constant-initialised; nothing allocated by the library; errno is as before; a number that was given back is
// given out again only when all that its thread did is seen. In the child of a fork all numbers but the caller's are free.
// On Linux a fence of all threads is the membarrier system call (4.14 and later); elsewhere there is none. A filter that allows it
// at first and not later ends the program by a trap: locks that lean have no other way to tell each other.
//
// Known limits: a handler of a fork that was registered before the first number was given out must not start a thread that wants
// one; a shared object with this in it that may be unloaded while its threads run is to be linked with `-z nodelete`.
#pragma once

#include <allot/base/errno_keeper.hpp>
#include <allot/policy/biased_lock.hpp>
#include <allot/policy/corruption.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#endif
#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

#if defined(__ELF__)
#define ALLOT_INITIAL_EXEC [[gnu::tls_model("initial-exec")]]
#else
#define ALLOT_INITIAL_EXEC
#endif

namespace allot {

/// The threads of this process as `numbered_callers`.
class thread_numbers {
public:
    static constexpr std::uint32_t most = 1024;

    ALLOT_INLINE static std::uint32_t number() noexcept {
        const std::uint32_t known = own_number;
        return known != 0 ? known : first_number();
    }

    /// The same; 0 for a thread that has none yet.
    ALLOT_INLINE static std::uint32_t known_number() noexcept { return own_number; }

#if __has_include(<sys/single_threaded.h>)
    /// True while the C library, glibc 2.32 or later, has started no other thread in this process.
    ALLOT_INLINE static bool is_alone() noexcept { return __libc_single_threaded != 0; }
#endif

    /// Nothing but the compiler is held back: `fence_all` does the processor's part.
    ALLOT_INLINE static void fence() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

    static bool can_fence_all() noexcept { return can_fence.load(std::memory_order_acquire) == yes; }

    static void fence_all() noexcept {
        if (membarrier(fence_now) != 0 && (membarrier(registration) != 0 || membarrier(fence_now) != 0)) detail::trap();
    }

    /// Now and then it sleeps: whoever is waited for may have a lower priority, to which no yield gives way.
    static void wait() noexcept {
        const detail::errno_keeper keeper;
        if (waits.fetch_add(1, std::memory_order_relaxed) % waits_a_sleep != 0) {
            ::sched_yield();
        } else {
            const timespec a_little{0, 50'000};
            ::nanosleep(&a_little, nullptr);
        }
    }

    /// How many threads had numbers at once, at most; in the child of a fork, since then.
    static std::size_t most_at_once() noexcept { return peak.load(std::memory_order_relaxed); }

private:
    enum answer : unsigned { unknown, yes, no };

    static constexpr int fence_now = 1 << 3;     // MEMBARRIER_CMD_PRIVATE_EXPEDITED
    static constexpr int registration = 1 << 4;  // MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED

    static long membarrier([[maybe_unused]] int command) noexcept {
        const detail::errno_keeper keeper;
#if defined(__linux__) && defined(SYS_membarrier)
        return ::syscall(SYS_membarrier, command, 0, 0);
#else
        return -1;
#endif
    }

    ALLOT_COLD static std::uint32_t first_number() noexcept {
        const detail::errno_keeper keeper;
        own_number = take_free();  // before the rest, which may allocate
        if (can_fence.load(std::memory_order_acquire) == unknown) prepare_process();
        if (own_number != unnumbered && !will_tell_its_end()) end_thread(nullptr);
        return own_number;
    }

    /// False: the system has no key left.
    static bool will_tell_its_end() noexcept { return has_key && pthread_setspecific(end_of_thread, &own_number) == 0; }

    static void prepare_process() noexcept {
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        pthread_once(&once, [] {
            has_key = pthread_key_create(&end_of_thread, end_thread) == 0;
            pthread_atfork(nullptr, nullptr, start_child);
            can_fence.store(membarrier(registration) == 0 ? yes : no, std::memory_order_release);
        });
    }

    static std::uint32_t take_free() noexcept {
        for (std::size_t word = 0; word < words; ++word) {
            std::uint64_t taken = given_out[word].load(std::memory_order_relaxed);
            while (~taken != 0) {
                const std::uint64_t lowest = ~taken & (taken + 1);
                if (!given_out[word].compare_exchange_weak(taken, taken | lowest, std::memory_order_acquire)) continue;
                count_one_more();
                return static_cast<std::uint32_t>(word * 64 + static_cast<unsigned>(__builtin_ctzll(lowest)) + 1);
            }
        }
        return unnumbered;
    }

    static void count_one_more() noexcept {
        const std::size_t now = numbered.fetch_add(1, std::memory_order_relaxed) + 1;
        std::size_t before = peak.load(std::memory_order_relaxed);
        while (before < now && !peak.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
        }
    }

    static void end_thread(void*) noexcept {
        const std::uint32_t bit = own_number - 1;
        own_number = unnumbered;
        numbered.fetch_sub(1, std::memory_order_relaxed);
        given_out[bit / 64].fetch_and(~(std::uint64_t{1} << bit % 64), std::memory_order_release);
    }

    static void start_child() noexcept {
        for (std::atomic<std::uint64_t>& word : given_out) word.store(0, std::memory_order_relaxed);
        numbered.store(0, std::memory_order_relaxed);
        peak.store(0, std::memory_order_relaxed);
        if (own_number == 0 || own_number == unnumbered) return;
        const std::uint32_t bit = own_number - 1;
        given_out[bit / 64].store(std::uint64_t{1} << bit % 64, std::memory_order_relaxed);
        count_one_more();
    }

    static constexpr std::size_t words = most / 64;
    static constexpr unsigned waits_a_sleep = 64;

    ALLOT_INITIAL_EXEC static inline constinit thread_local std::uint32_t own_number = 0;
    static inline constinit std::atomic<std::uint64_t> given_out[words] = {};
    static inline constinit std::atomic<std::size_t> numbered{0};
    static inline constinit std::atomic<std::size_t> peak{0};
    static inline constinit std::atomic<unsigned> can_fence = unknown;
    static inline constinit std::atomic<unsigned> waits{1};
    static inline pthread_key_t end_of_thread{};
    static inline constinit bool has_key = false;
};

static_assert(numbered_callers<thread_numbers>);

}  // namespace allot
