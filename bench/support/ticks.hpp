// The finest clock there is, and how fast it ticks; clocks of the machine and of the processor.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace bench {

/// Ticks since some moment, not reordered with what is being timed.
inline std::uint64_t ticks() {
#if defined(__x86_64__)
    _mm_lfence();
    const std::uint64_t now = __rdtsc();
    _mm_lfence();
    return now;
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// One of the system's clocks, in seconds.
inline double seconds_on(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

inline double wall_seconds() { return seconds_on(CLOCK_MONOTONIC); }
inline double thread_seconds() { return seconds_on(CLOCK_THREAD_CPUTIME_ID); }
inline double process_seconds() { return seconds_on(CLOCK_PROCESS_CPUTIME_ID); }

/// Nanoseconds a tick, measured against the wall clock: the first call of a process takes a twentieth of a second.
inline double nanoseconds_per_tick() {
    static const double measured = [] {
        constexpr double enough_seconds = 0.05;
        const double start = wall_seconds();
        const std::uint64_t first = ticks();
        while (wall_seconds() - start < enough_seconds) {
        }
        const std::uint64_t counted = ticks() - first;
        return (wall_seconds() - start) * 1e9 / static_cast<double>(counted);
    }();
    return measured;
}

}  // namespace bench
