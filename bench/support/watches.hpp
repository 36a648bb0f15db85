// How the calls of threads are watched: what is written to their objects, and what is learnt from them.
//
//     ends_written     both ends of every payload; for throughput
//     ends_timed       the same, and the ticks of every call
//     live_counted     the same, and how many bytes are live at most, of all threads together
//     wholly_written   every byte, which is read back before the object is freed
#pragma once

#include "support/call_times.hpp"
#include "support/object.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace bench {

/// The lines that any user would touch, and little else.
inline void write_ends(const object& made) {
    made.payload[0] = std::byte{1};
    made.payload[made.bytes - 1] = std::byte{1};
}

struct ends_written : untimed {
    static void filled(const object& made) { write_ends(made); }
    static bool is_left_intact(const object&) { return true; }
};

struct ends_timed : tick_counts {
    using tick_counts::tick_counts;

    static void filled(const object& made) { write_ends(made); }
    static bool is_left_intact(const object&) { return true; }
};

/// What the threads count together.
struct live_bytes {
    std::atomic<std::size_t> now{0};
    std::atomic<std::size_t> most{0};
};

class live_counted : public untimed {
public:
    explicit live_counted(live_bytes& live) : live_{live} {}

    void filled(const object& made) {
        write_ends(made);
        const std::size_t now = live_.now += made.bytes;
        std::size_t most = live_.most;
        while (most < now && !live_.most.compare_exchange_weak(most, now)) {
        }
    }

    bool is_left_intact(const object& made) { return live_.now -= made.bytes, true; }

private:
    live_bytes& live_;
};

struct wholly_written : untimed {
    static void filled(const object& made) {
        std::memset(made.payload, std::to_integer<int>(pattern(made)), made.bytes);
    }

    static bool is_left_intact(const object& made) {
        return std::ranges::all_of(std::span{made.payload, made.bytes},
                                   [wanted = pattern(made)](std::byte each) { return each == wanted; });
    }

private:
    static std::byte pattern(const object& made) {
        return static_cast<std::byte>((reinterpret_cast<std::uintptr_t>(made.payload) / 16 + 7 * made.maker) % 251 + 1);
    }
};

}  // namespace bench
