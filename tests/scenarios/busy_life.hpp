// A random life of many threads on one heap: every payload is checked when it is freed, by whichever thread frees it.
//
//     thread --allocate--> slot --fill--> [ now and then through the mailbox to another thread ] --check--> free
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace busy_life {

/// What stands at the front of every payload: enough for a stranger to check the rest.
struct label {
    std::uint32_t bytes;
    std::uint32_t seed;
};

inline unsigned char pattern(label of, std::size_t position) {
    return static_cast<unsigned char>(of.seed + position * 7);
}

inline void fill(unsigned char* payload, label with) {
    std::memcpy(payload, &with, sizeof with);
    for (std::size_t i = sizeof with; i < with.bytes; ++i) payload[i] = pattern(with, i);
}

/// True if the first `bytes` bytes are as `fill` left them.
inline bool is_intact(const unsigned char* payload, label expected, std::size_t bytes) {
    for (std::size_t i = sizeof expected; i < bytes; ++i) {
        if (payload[i] != pattern(expected, i)) return false;
    }
    return true;
}

inline label label_of(const unsigned char* payload) {
    label found;
    std::memcpy(&found, payload, sizeof found);
    return found;
}

using slot = std::atomic<unsigned char*>;

template <class Heap>
class town {
public:
    town(Heap& heap, std::size_t largest) : heap_(heap), largest_(largest) {}

    /// `threads` lives that start together, once there is a thread for each, and last while `goes_on(step)`; then
    /// everything is freed.
    template <class GoesOn>
    void live_while(unsigned threads, GoesOn goes_on) {
        std::atomic<unsigned> absent{threads};
        std::vector<std::thread> running;
        for (unsigned i = 0; i < threads; ++i) {
            running.emplace_back([&, i] {
                for (--absent; absent != 0;) std::this_thread::yield();
                one_life(i, goes_on);
            });
        }
        for (std::thread& thread : running) thread.join();
        for (slot& left : mailbox_) free_checked(left.exchange(nullptr));
    }

    void live(unsigned threads, unsigned steps) {
        live_while(threads, [steps](unsigned step) { return step < steps; });
    }

    /// Payloads that were not as their owner had left them.
    [[nodiscard]] unsigned long damaged() const { return damaged_; }

    /// Nothing was damaged, and after the lives the heap is sound and empty.
    [[nodiscard]] bool ended_well() const {
        return damaged_ == 0 && heap_.verify() && heap_.stats().in_use_chunks == 0;
    }

private:
    template <class GoesOn>
    void one_life(std::uint32_t seed, GoesOn goes_on) {
        std::minstd_rand random(seed + 1);
        std::array<slot, 48> own{};
        for (unsigned step = 0; goes_on(step); ++step) one_step(random, own[random() % own.size()]);
        for (slot& mine : own) free_checked(mine.exchange(nullptr));
    }

    void one_step(std::minstd_rand& random, slot& mine) {
        const label next{static_cast<std::uint32_t>(sizeof(label) + random() % largest_),
                         static_cast<std::uint32_t>(random())};
        const auto dice = random() % 8;
        if (dice < 3) free_checked(mine.exchange(allocate_filled(next)));
        if (dice == 3) mine = reallocate_checked(mine.exchange(nullptr), next);
        if (dice == 4) mine = mailbox_[random() % mailbox_.size()].exchange(mine.exchange(nullptr));
        if (dice > 4) free_checked(mine.exchange(nullptr));
    }

    unsigned char* allocate_filled(label with) {
        auto* const payload = static_cast<unsigned char*>(heap_.allocate(with.bytes));
        if (payload != nullptr) fill(payload, with);
        return payload;
    }

    unsigned char* reallocate_checked(unsigned char* payload, label with) {
        if (payload == nullptr) return nullptr;
        const label before = label_of(payload);
        auto* const moved = static_cast<unsigned char*>(heap_.reallocate(payload, with.bytes));
        if (moved == nullptr) return payload;
        if (!is_intact(moved, before, before.bytes < with.bytes ? before.bytes : with.bytes)) ++damaged_;
        fill(moved, with);
        return moved;
    }

    void free_checked(unsigned char* payload) {
        if (payload == nullptr) return;
        const label found = label_of(payload);
        if (found.bytes > sizeof found + largest_ || !is_intact(payload, found, found.bytes)) ++damaged_;
        heap_.deallocate(payload);
    }

    Heap& heap_;
    std::size_t largest_;
    std::array<slot, 16> mailbox_{};
    std::atomic<unsigned long> damaged_{0};
};

}  // namespace busy_life
