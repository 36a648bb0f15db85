// The finest clock there is, and how fast it ticks.
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

inline double seconds_of(const timespec& moment) {
    return static_cast<double>(moment.tv_sec) + static_cast<double>(moment.tv_nsec) * 1e-9;
}

/// Processor time of this thread, in seconds.
inline double thread_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return seconds_of(now);
}

/// Nanoseconds a tick, measured over a twentieth of a second.
inline double nanoseconds_per_tick() {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    const std::uint64_t first = ticks();
    while (clock::now() - start < std::chrono::milliseconds{50}) {
    }
    const std::uint64_t counted = ticks() - first;
    const std::chrono::duration<double, std::nano> passed = clock::now() - start;
    return passed.count() / static_cast<double>(counted);
}

}  // namespace bench
