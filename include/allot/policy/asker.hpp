// Who is asking the source of a locked heap: a mark on the stack of every asker.
//
//     thread A   | ... allocate() [mark] acquire() ... |            two stacks, a mark on each: two threads
//     thread B   | ... allocate() [mark] acquire() allocate() [mark] acquire() allocate() [mark] ... |      one recursion
//
// A source that calls back into the heap that is asking it, and makes it ask again, is told from other threads by where the
// marks are. Stacks do not overlap and have at least `least_stack` bytes, so marks that lie within `distance` bytes of each
// other are on at most distance / least_stack + 2 stacks; where there are more, two are on one stack. So no number of threads
// is ever taken for recursion, and recursion without end is found as soon as its marks lie closer together than that.
//
// Guarantees: O(marks) a call, and once more for each mark within 64 KiB; nothing allocated; a mark is used under the lock of the heap.
#pragma once

#include <allot/base/config.hpp>

#include <cstddef>

namespace allot::detail {

/// One asker, while it asks.
struct asker {
    std::size_t stack_address;
    asker* next = nullptr;
};

class asker_list {
public:
    /// Adds a mark. False: it lies too close to others for every one of them to be on a stack of its own.
    constexpr bool add(asker& mark, std::size_t least_stack) noexcept {
        mark.next = first_;
        first_ = &mark;
        for (const asker* other = mark.next; other != nullptr; other = other->next) {
            const bool is_above = other->stack_address > mark.stack_address;
            const std::size_t low = is_above ? mark.stack_address : other->stack_address;
            const std::size_t distance = is_above ? other->stack_address - low : mark.stack_address - low;
            if (distance < most_distance && count_within(low, distance) > distance / least_stack + 2) return false;
        }
        return true;
    }

    constexpr void remove(asker& mark) noexcept {
        asker** at = &first_;
        while (*at != nullptr && *at != &mark) at = &(*at)->next;
        if (*at != nullptr) *at = mark.next;  // in the child of a source that forks it was cleared
    }

    /// For the child of a fork: the threads of the others are gone.
    constexpr void clear() noexcept { first_ = nullptr; }

private:
    static constexpr std::size_t most_distance = std::size_t{1} << 16;

    constexpr std::size_t count_within(std::size_t low, std::size_t distance) const noexcept {
        std::size_t count = 0;
        for (const asker* at = first_; at != nullptr; at = at->next)
            count += at->stack_address - low <= distance ? 1 : 0;
        return count;
    }

    asker* first_ = nullptr;
};

}  // namespace allot::detail
