// A random life: a table of slots, and in each step one of them gets a payload, loses it or has it resized, through every
// verb of the heap. Every payload is painted when it is born and compared in full before it is freed or after it moved.
//
//     slot empty --> allocate, allocate aligned, allocate_zeroed, try_allocate
//     slot taken --> deallocate, sized deallocate, reallocate, reallocate to another alignment, try_resize
#pragma once

#include "marked_payload.hpp"
#include "random.hpp"
#include "soundness.hpp"

#include <cstddef>
#include <cstdint>

namespace kernel {

struct life_figures {
    std::size_t steps = 0;
    std::size_t allocated = 0;
    std::size_t freed = 0;
    std::size_t resized = 0;      // by try_resize, or by a reallocate that stayed where it was
    std::size_t moved = 0;        // by reallocate
    std::size_t refused = 0;      // null, or false: the old payload is compared and kept
    std::size_t from_others = 0;  // freed or resized here, allocated by another core
};

/// The slots live in the object: give it static storage, so that the heap under test does not hold its own witness.
template <class Heap, std::size_t Slots>
class life {
public:
    constexpr life(Heap& heap, std::uint32_t seed, unsigned largest_width) noexcept
        : heap_(heap), random_(seed), largest_width_(largest_width) {}

    void step() noexcept {
        ++figures_.steps;
        marked_payload& slot = any_slot();
        if (slot.payload == nullptr) {
            allocate(slot);
        } else {
            if (slot.owner != machine::this_core()) ++figures_.from_others;
            change(slot);
        }
    }

    marked_payload& any_slot() noexcept { return slots_[random_.below(Slots)]; }

    void deallocate(marked_payload& slot) noexcept {
        check(slot);
        heap_.deallocate(slot.payload);
        forget(slot);
    }

    /// Frees every payload that is left.
    void end() noexcept {
        for (marked_payload& slot : slots_) {
            if (slot.payload != nullptr) deallocate(slot);
        }
    }

    const life_figures& figures() const noexcept { return figures_; }

private:
    /// A random width first, then a number of that width: small requests are many, large ones take the memory.
    std::size_t some_size() noexcept {
        const std::uint32_t width = random_.below(largest_width_ + 1);
        return random_.next() & ((std::size_t{1} << width) - 1);
    }

    std::size_t some_alignment() noexcept { return std::size_t{1} << random_.below(13); }

    void allocate(marked_payload& slot) noexcept {
        slot.bytes = some_size();
        slot.alignment = Heap::default_alignment;
        slot.stamp = random_.next();
        slot.owner = machine::this_core();
        switch (random_.below(4)) {
            case 0: slot.payload = heap_.allocate(slot.bytes); break;
            case 1: slot.payload = heap_.try_allocate(slot.bytes); break;
            case 2: slot.payload = heap_.allocate(slot.bytes, slot.alignment = some_alignment()); break;
            default: allocate_zeroed(slot); break;
        }
        slot.payload != nullptr ? welcome(slot) : refuse();
    }

    void allocate_zeroed(marked_payload& slot) noexcept {
        slot.alignment = some_alignment();
        slot.payload = heap_.allocate_zeroed(slot.bytes, slot.alignment);
        if (slot.payload == nullptr) return;
        const void* const dirt = pattern::find_nonzero(slot.payload, slot.bytes);
        if (dirt != nullptr) fail(verdict::payload, "allocate_zeroed gave a byte that is not zero", dirt);
    }

    void welcome(marked_payload& slot) noexcept {
        paint<Heap>(slot);
        ++figures_.allocated;
    }

    void refuse() noexcept { ++figures_.refused; }

    void change(marked_payload& slot) noexcept {
        switch (random_.below(8)) {
            case 0:
            case 1: deallocate(slot); break;
            case 2:
            case 3: deallocate_sized(slot); break;
            case 4:
            case 5: reallocate(slot, slot.alignment); break;
            case 6: reallocate(slot, some_alignment()); break;
            default: try_resize(slot); break;
        }
    }

    void deallocate_sized(marked_payload& slot) noexcept {
        check(slot);
        heap_.deallocate(slot.payload, slot.bytes, slot.alignment);
        forget(slot);
    }

    void forget(marked_payload& slot) noexcept {
        slot.payload = nullptr;
        ++figures_.freed;
    }

    void reallocate(marked_payload& slot, std::size_t alignment) noexcept {
        const std::size_t bytes = some_size();
        void* const payload = heap_.reallocate(slot.payload, bytes, alignment);
        if (payload == nullptr) {
            check(slot);
            return refuse();
        }
        ++(payload == slot.payload ? figures_.resized : figures_.moved);
        slot.payload = payload;
        slot.alignment = alignment;
        resize(slot, bytes);
    }

    void try_resize(marked_payload& slot) noexcept {
        const std::size_t bytes = some_size();
        if (!heap_.try_resize(slot.payload, bytes)) {
            check(slot);
            return refuse();
        }
        ++figures_.resized;
        resize(slot, bytes);
    }

    /// The bytes that both sizes have must be the old ones; then the payload is painted anew.
    void resize(marked_payload& slot, std::size_t bytes) noexcept {
        check(slot, bytes < slot.bytes ? bytes : slot.bytes);
        slot.bytes = bytes;
        paint<Heap>(slot);
    }

    Heap& heap_;
    random random_;
    unsigned largest_width_;
    life_figures figures_{};
    marked_payload slots_[Slots] = {};
};

/// Lives `steps` steps, verifying the heap a hundred times on the way, with a dot for every fifth of them.
template <class Heap, std::size_t Slots>
void live(const Heap& heap, life<Heap, Slots>& lived, std::size_t steps) noexcept {
    for (std::size_t percent = 0; percent < 100; ++percent) {
        for (std::size_t i = 0; i < steps / 100; ++i) lived.step();
        expect_sound(heap);
        if (percent % 5 == 4) put('.');
    }
}

inline void print_figures(const life_figures& figures) noexcept {
    print("  allocated ", column{figures.allocated, 11}, "    resized in place ", column{figures.resized, 9}, "\n");
    print("  freed     ", column{figures.freed, 11}, "    moved            ", column{figures.moved, 9}, "\n");
    print("  steps     ", column{figures.steps, 11}, "    refused          ", column{figures.refused, 9}, "\n");
}

}  // namespace kernel
