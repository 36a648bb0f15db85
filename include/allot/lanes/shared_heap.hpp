// A heap core that several threads, cores or interrupt handlers share: its locks, who asks its source, and what a fork does.
//
//     no lanes, or a lock that cannot tell whether it is held     guarded_heap      one lock
//     lanes, and a lock that can                                  contended_heap    one lock, and one a lane
//     a lock that can tell whether there is only one caller       lone_heap         over one of those
//
// A source that calls back into the heap is told from threads that ask at the same time by the marks that askers leave on their
// stacks.
//
// Guarantees: constant-initialised if the lock is; the source is asked with no lock held.
#pragma once

#include <allot/lanes/contended_heap.hpp>
#include <allot/lanes/lone_heap.hpp>
#include <allot/policy/asker.hpp>
#include <allot/policy/fork_list.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace allot::detail {

template <class Core>
inline constexpr std::size_t lanes_of = Core::store_type::is_deferred ? Core::traits_type::lanes : 0;

template <class Core, class Lock>
using heap_among_others = std::conditional_t<lanes_of<Core> != 0 && observable_lock<Lock>, contended_heap<Core, Lock>,
                                             guarded_heap<Core, Lock>>;

template <class Core, class Lock>
using heap_and_locks =
    std::conditional_t<lone_lock<Lock>, lone_heap<heap_among_others<Core, Lock>, Lock>, heap_among_others<Core, Lock>>;

template <class Core, class Lock>
class shared_heap : public heap_and_locks<Core, Lock> {
    using base = heap_and_locks<Core, Lock>;

public:
    region_status add_region(std::size_t from, std::size_t bytes) noexcept {
        enter_fork_list();
        const memory_span added{base::memory().pointer_to(from), bytes};
        return base::run_to_add(added, [&](Core& core) { return core.add_region(from, bytes); });
    }

    /// To be called before a lock is taken for a request that a source may have to meet.
    ALLOT_INLINE void enter_fork_list() noexcept {
        if constexpr (survives_forks) {
            if (member_.is_in()) [[likely]]
                return;
            static constexpr fork_member::actions actions{
                [](void* whole) { static_cast<shared_heap*>(whole)->lock_all(); },
                [](void* whole) { static_cast<shared_heap*>(whole)->unlock_all(); },
                [](void* whole) { static_cast<shared_heap*>(whole)->start_anew(); },
            };
            // The first one registers a handler, which is to run before those that users register from here on.
            number_caller<Lock>();
            member_.enter(this, actions);
        }
    }

    /// Asks the source, with the lock dropped.
    memory_span ask(std::size_t bytes) noexcept {
        asker mark{stack_address()};
        const void* const home = base::run([&](Core& core) {
            if (!askers_.add(mark, Core::traits_type::least_stack_bytes)) core.report_reentry();
            return core.home();
        });
        const memory_span span = growth<typename Core::store_type>::acquire_from(base::source(), bytes, home);
        base::run([&](Core& core) {
            askers_.remove(mark);
            core.note_answer(span);
        });
        return span;
    }

    // --- around a fork -----------------------------------------------------------------------------------------------

    void lock_all() noexcept {
        if (hold_.is_nested()) return;
        base::lock_each();
        hold_.begin();
    }

    void unlock_all() noexcept {
        if (!hold_.ends()) return;
        if (std::exchange(is_anew_, 0U) != 0) base::renew_each();
        else base::unlock_each();
    }

    void start_anew() noexcept {
        askers_.clear();
        base::forget_looks();
        is_anew_ = 1;
        unlock_all();
    }

private:
    static constexpr bool survives_forks =
        ALLOT_FORKS != 0 && resettable_lock<Lock> && !std::is_same_v<Lock, null_lock>;

    struct no_fork_member {};
    using member_type = std::conditional_t<survives_forks, fork_member, no_fork_member>;

    asker_list askers_{};
    whole_hold hold_{};
    unsigned is_anew_ = 0;  // not bool: a damaged one must still be a value
    [[no_unique_address]] member_type member_{};
};

}  // namespace allot::detail
