// Heaps that ask for more memory, and heaps behind a lock.
#include "configuration.hpp"

#include "memory_marks.hpp"
#include "support/contended.hpp"

namespace fuzz {
namespace {

template <class Base>
struct sourced : failing_reports<Base> {
    using source = supplied_source;
    static constexpr std::size_t keep_free_bytes = 0;
};
template <class Base>
struct parted : failing_reports<Base> {
    using source = supplied_parts;
    static constexpr std::size_t keep_free_bytes = 0;
};
struct compact_immediate_sourced : sourced<allot::compact_traits> {
    static constexpr auto coalescing = allot::coalescing::immediate;
};

/// Sees a lock taken twice, and a lock given back that nobody holds.
class watched_lock {
public:
    void lock() {
        if (is_held_) fail("locked_heap: the lock was taken twice");
        is_held_ = true;
    }
    void unlock() {
        if (!is_held_) fail("locked_heap: a lock was given back that was not held");
        is_held_ = false;
    }

private:
    bool is_held_ = false;
};

struct tight_lanes : failing_reports<allot::default_traits> {
    static constexpr std::size_t lane_bytes_limit = 1024;
};

/// A lane asks the first two words of what comes back whether it waited already. Whatever they hold the answer is right,
/// for a look into the lanes confirms it, so what their owner left there may be asked; valgrind is told so.
template <class Traits, class Base = allot_test::contended<Traits>>
class contended_heap : public Base {
    using base = Base;

public:
    void deallocate(void* payload) noexcept { base::deallocate(may_be_asked(payload)); }
    void deallocate(void* payload, std::size_t bytes, std::size_t alignment = base::default_alignment) noexcept {
        base::deallocate(may_be_asked(payload), bytes, alignment);
    }
    void* reallocate(void* payload, std::size_t bytes, std::size_t alignment = base::default_alignment) noexcept {
        return base::reallocate(may_be_asked(payload), bytes, alignment);
    }
    bool try_resize(void* payload, std::size_t bytes) noexcept {
        return base::try_resize(may_be_asked(payload), bytes);
    }

private:
    static void* may_be_asked(void* payload) noexcept {
        const std::size_t owned = base::usable_size(payload);
        if (payload != nullptr)
            mark_defined(payload, owned < 2 * sizeof(std::size_t) ? owned : 2 * sizeof(std::size_t));
        return payload;
    }
};

template <class Traits>
using heap_with_owners = contended_heap<Traits, allot_test::with_owners<Traits>>;

using sourced_heap = allot::basic_heap<sourced<allot::default_traits>>;
using locked_default = allot::locked_heap<allot::basic_heap<failing_reports<allot::default_traits>>, allot::null_lock>;
using locked_sourced = allot::locked_heap<sourced_heap, watched_lock>;

}  // namespace

std::vector<configuration> sourced_configurations() {
    return {
        configure<sourced_heap>("source", 4096, 256 * 1024, 20000, 10),
        configure<allot::basic_heap<sourced<allot::bounded_traits>>>("source_bounded", 4096, 256 * 1024, 20000, 10),
        configure<allot::basic_heap<compact_immediate_sourced>>("source_compact", 1024, 64 * 1024, 5000, 10),
        configure<allot::basic_heap<parted<allot::default_traits>>>("source_parts", 4096, 4 * 1024 * 1024, 20000, 10),
        configure<allot::basic_heap<parted<allot::bounded_traits>>>("source_parts_bounded", 4096, 256 * 1024, 20000,
                                                                    10),
        configure<allot::locked_heap<allot::basic_heap<parted<allot::compact_traits>>>>("locked_source_parts", 4096,
                                                                                        256 * 1024, 20000, 10),
        configure<locked_default>("locked", 256, 256 * 1024, 20000, 20),
        configure<locked_sourced>("locked_source", 4096, 256 * 1024, 20000, 10),
        configure<contended_heap<failing_reports<allot::default_traits>>>("contended", 256, 256 * 1024, 20000, 20),
        configure<contended_heap<failing_reports<allot::compact_traits>>>("contended_compact", 256, 64 * 1024, 20000,
                                                                          20),
        configure<contended_heap<tight_lanes>>("contended_tight", 1024, 256 * 1024, 20000, 10),
        configure<contended_heap<sourced<allot::default_traits>>>("contended_source", 4096, 256 * 1024, 20000, 10),
        configure<heap_with_owners<failing_reports<allot::default_traits>>>("owners", 256, 256 * 1024, 20000, 20),
        configure<heap_with_owners<failing_reports<allot::compact_traits>>>("owners_compact", 256, 64 * 1024, 20000,
                                                                            20),
        configure<heap_with_owners<sourced<allot::default_traits>>>("owners_source", 4096, 256 * 1024, 20000, 10),
    };
}

}  // namespace fuzz
