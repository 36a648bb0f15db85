// How one thread of several calls the allocator that they share, under a watch (watches.hpp), and what is counted of its
// calls.
#pragma once

#include "peers/allocator.hpp"
#include "support/object.hpp"
#include "support/operation.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace bench {

/// Of one thread, or of several together.
struct call_counts {
    std::size_t made = 0;
    std::size_t freed = 0;
    std::size_t freed_elsewhere = 0;  ///< by another thread than the one that made it
    std::size_t damaged = 0;          ///< no longer held what was written
    std::size_t failures = 0;

    call_counts& operator+=(const call_counts& more) {
        made += more.made;
        freed += more.freed;
        freed_elsewhere += more.freed_elsewhere;
        damaged += more.damaged;
        failures += more.failures;
        return *this;
    }
};

/// Of the thread that asks; no two threads of a process have the same.
inline std::uint32_t thread_number() {
    static std::atomic<std::uint32_t> last{0};
    thread_local const std::uint32_t own = ++last;
    return own;
}

template <class Watch>
class caller {
public:
    /// For the thread that makes it.
    caller(allocator& heap, Watch watch) : heap_{heap}, watch_{std::move(watch)} {}

    /// From now on for the thread that says so, and no longer for another.
    void take_over() { maker_ = thread_number(); }

    /// An object without a payload if the call fails.
    object allocate(std::uint32_t bytes) {
        void* const payload =
            watch_.time(verb::allocate, [&] { return heap_.allocate(bytes, alignof(std::max_align_t)); });
        if (payload == nullptr) return ++counts_.failures, object{};
        ++counts_.made;
        const object made{static_cast<std::byte*>(payload), bytes, maker_};
        watch_.filled(made);
        return made;
    }

    void deallocate(const object& made) {
        if (made.payload == nullptr) return;
        ++counts_.freed;
        if (made.maker != maker_) ++counts_.freed_elsewhere;
        if (!watch_.is_left_intact(made)) ++counts_.damaged;
        watch_.time(verb::deallocate, [&] { heap_.deallocate({made.payload, made.bytes, alignof(std::max_align_t)}); });
    }

    const call_counts& counts() const { return counts_; }
    Watch& watch() { return watch_; }

private:
    allocator& heap_;
    Watch watch_;
    call_counts counts_;
    std::uint32_t maker_ = thread_number();
};

}  // namespace bench
