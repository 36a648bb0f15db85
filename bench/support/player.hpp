// Plays a stream of operations on an allocator: the one loop that every benchmark runs.
//
//     Payloads: how much of a payload is written (touch_ends, count_moves, write_whole, check_pattern)
//     Timer:    whether single calls are timed   (untimed, tick_counts)
//
// An allocation that fails leaves its slot empty and is counted; later operations on an empty slot do nothing.
#pragma once

#include "peers/allocator.hpp"
#include "support/call_times.hpp"
#include "support/payloads.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace bench {

template <class Payloads, class Timer = untimed>
class player {
public:
    player(allocator& heap, std::size_t slots, Timer timer = Timer{})
        : heap_{heap}, slots_(slots), timer_{std::move(timer)} {}

    void play(std::span<const operation> operations) {
        for (const operation& each : operations) play(each);
    }

    void play(const operation& next) {
        slot& chosen = slots_[next.slot];
        switch (next.what) {
            case verb::replace: deallocate(chosen); [[fallthrough]];
            case verb::allocate:
            case verb::allocate_zeroed: return allocate(chosen, next);
            case verb::reallocate: return reallocate(chosen, next.bytes);
            case verb::deallocate: return deallocate(chosen);
        }
    }

    /// Gives back whatever the stream left behind.
    void clear() {
        for (slot& each : slots_) deallocate(each);
    }

    std::size_t failures() const { return failures_; }
    const Payloads& payloads() const { return payloads_; }
    Timer& timer() { return timer_; }

private:
    static owned owned_of(const slot& chosen) { return {chosen.payload, chosen.bytes, chosen.alignment}; }

    void allocate(slot& chosen, const operation& next) {
        void* const payload = timer_.time(verb::allocate, [&] {
            return next.what == verb::allocate_zeroed ? heap_.allocate_zeroed(next.bytes, next.alignment())
                                                      : heap_.allocate(next.bytes, next.alignment());
        });
        chosen = {static_cast<std::byte*>(payload), next.bytes, static_cast<std::uint32_t>(next.alignment())};
        if (payload == nullptr) return fail();
        payloads_.filled(chosen, next.what);
    }

    void reallocate(slot& chosen, std::uint32_t bytes) {
        if (chosen.payload == nullptr) return;
        const owned old = owned_of(chosen);
        void* const payload = timer_.time(verb::reallocate, [&] { return heap_.reallocate(old, bytes); });
        if (payload == nullptr) return fail();
        chosen.payload = static_cast<std::byte*>(payload);
        chosen.bytes = bytes;
        payloads_.resized(chosen, {old.payload, std::min<std::size_t>(old.bytes, bytes)});
    }

    void deallocate(slot& chosen) {
        if (chosen.payload == nullptr) return;
        payloads_.leaving(chosen);
        timer_.time(verb::deallocate, [&] { heap_.deallocate(owned_of(chosen)); });
        chosen.payload = nullptr;
    }

    void fail() { ++failures_; }

    allocator& heap_;
    std::vector<slot> slots_;
    Payloads payloads_;
    Timer timer_;
    std::size_t failures_ = 0;
};

}  // namespace bench
