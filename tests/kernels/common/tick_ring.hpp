// What the timer interrupt does: it frees and compares the oldest payload of a small ring and allocates a new one, in
// the middle of whatever the interrupted code is doing. One ring a core.
#pragma once

#include "marked_payload.hpp"
#include "random.hpp"

#include <cstddef>
#include <cstdint>

namespace kernel {

template <class Heap>
class tick_ring {
public:
    constexpr tick_ring(Heap& heap, std::uint32_t seed) noexcept : heap_(heap), random_(seed) {}

    /// Runs as the interrupt handler.
    void tick() noexcept {
        marked_payload& oldest = ring_[ticks_ % ring_size];
        deallocate(oldest);
        oldest.bytes = random_.below(400);
        oldest.alignment = Heap::default_alignment;
        oldest.stamp = random_.next();
        oldest.payload = heap_.allocate(oldest.bytes);
        if (oldest.payload != nullptr) paint<Heap>(oldest);
        __atomic_store_n(&ticks_, ticks_ + 1, __ATOMIC_RELAXED);
    }

    /// Read by the interrupted code.
    std::size_t ticks() const noexcept { return __atomic_load_n(&ticks_, __ATOMIC_RELAXED); }

    /// Pre: the timer has stopped.
    void end() noexcept {
        for (marked_payload& left : ring_) deallocate(left);
    }

private:
    static constexpr std::size_t ring_size = 16;

    void deallocate(marked_payload& old) noexcept {
        if (old.payload == nullptr) return;
        check(old);
        heap_.deallocate(old.payload);
        old.payload = nullptr;
    }

    Heap& heap_;
    random random_;
    std::size_t ticks_ = 0;
    marked_payload ring_[ring_size] = {};
};

}  // namespace kernel
