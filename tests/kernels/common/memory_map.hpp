// The RAM of the machine as a few spans, in the order they were reported: [add] whole banks, then [reserve] what is
// in use already (the kernel's image, the device tree, ...).
//
//     add      [ ----------------- bank ----------------- ]
//     reserve                 [ kernel ]
//     left     [ --- span --- ]        [ ----- span ----- ]
#pragma once

#include <cstddef>
#include <cstdint>

namespace kernel {

struct memory_range {
    std::uintptr_t base;
    std::size_t bytes;
    constexpr std::uintptr_t end() const noexcept { return base + bytes; }
};

class memory_map {
public:
    static constexpr std::size_t most_ranges = 16;

    /// Adds a bank of RAM, in address order. One beyond the table's room stays unused: less memory, never wrong memory.
    constexpr void add(memory_range range) noexcept {
        if (range.bytes == 0 || count_ == most_ranges) return;
        std::size_t at = count_++;
        for (; at > 0 && ranges_[at - 1].base > range.base; --at) ranges_[at] = ranges_[at - 1];
        ranges_[at] = range;
    }

    /// Cuts `taken` out of every range that it touches.
    constexpr void reserve(memory_range taken) noexcept {
        const memory_map whole = *this;
        count_ = 0;
        for (const memory_range range : whole) {
            add({range.base, bytes_between(range.base, lower(range.end(), taken.base))});
            const std::uintptr_t rest = higher(range.base, taken.end());
            add({rest, bytes_between(rest, range.end())});
        }
    }

    constexpr const memory_range* begin() const noexcept { return ranges_; }
    constexpr const memory_range* end() const noexcept { return ranges_ + count_; }

private:
    static constexpr std::uintptr_t lower(std::uintptr_t one, std::uintptr_t other) noexcept {
        return one < other ? one : other;
    }

    static constexpr std::uintptr_t higher(std::uintptr_t one, std::uintptr_t other) noexcept {
        return one > other ? one : other;
    }

    static constexpr std::size_t bytes_between(std::uintptr_t from, std::uintptr_t to) noexcept {
        return from < to ? to - from : 0;
    }

    memory_range ranges_[most_ranges] = {};
    std::size_t count_ = 0;
};

/// The map is right before the first kernel boots on it: a bank with the middle, the front, all and none of it taken.
consteval bool leaves(memory_range taken, std::size_t ranges, std::size_t bytes) {
    memory_map map;
    map.add({100, 50});
    map.reserve(taken);
    std::size_t left = 0;
    for (const memory_range range : map) left += range.bytes;
    return map.end() - map.begin() == static_cast<std::ptrdiff_t>(ranges) && left == bytes;
}

static_assert(leaves({110, 10}, 2, 40));
static_assert(leaves({90, 20}, 1, 40));
static_assert(leaves({90, 70}, 0, 0));
static_assert(leaves({150, 10}, 1, 50));

}  // namespace kernel
