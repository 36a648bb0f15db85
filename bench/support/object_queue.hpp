// Objects on their way from one thread to one other, in order, at most 16,384 of them; without a lock.
//
//     producer --put--> [ read, may be overwritten | published | put, not yet published ] --take--> consumer
//
// Each side tells the other how far it is every 32 objects and before it waits, so that the cache line that both look at
// moves seldom. Who has to wait lets other threads run.
#pragma once

#include "support/object.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

namespace bench {

class object_queue {
public:
    /// Waits for room.
    void put(const object& made) {
        while (producer_.done - producer_.other_seen == capacity) look_again(producer_, consumer_);
        objects_[producer_.done % capacity] = made;
        if (++producer_.done % tell_every == 0) tell(producer_);
    }

    /// What was put becomes visible, all of it.
    void flush() { tell(producer_); }

    /// Waits for an object.
    object take() {
        while (consumer_.done == consumer_.other_seen) look_again(consumer_, producer_);
        const object taken = objects_[consumer_.done % capacity];
        if (++consumer_.done % tell_every == 0) tell(consumer_);
        return taken;
    }

private:
    static constexpr std::size_t capacity = 16'384;
    static constexpr std::size_t tell_every = 32;

    /// Counts since the beginning: `told` is for the other side, the rest is this side's own.
    struct alignas(64) side {
        std::size_t done = 0;
        std::size_t other_seen = 0;
        alignas(64) std::atomic<std::size_t> told{0};
    };

    static void tell(side& own) { own.told.store(own.done, std::memory_order_release); }

    static void look_again(side& own, const side& other) {
        tell(own);
        const std::size_t seen = other.told.load(std::memory_order_acquire);
        if (seen == own.other_seen) std::this_thread::yield();
        own.other_seen = seen;
    }

    std::array<object, capacity> objects_{};
    side producer_;
    side consumer_;
};

}  // namespace bench
