// The locked heaps of a process that forks: none may be in the middle of a step when it does.
//
//     fork():   prepare: lock the list, lock_all each heap  -->  parent: unlock_all each
//                                                           \->  child:  start_anew each: only this thread is left
//
// A heap enters just before it gets its first region, or with its first request where a source gives that, and leaves when it is
// destroyed; before the first one enters, the three handlers are registered with the system. Only in hosted programs on systems
// with fork, and only for locks of the library's own: who brings a lock brings handlers too, which may hold it already.
//
// Known limits: a fork that had run its handlers when ours were registered knows nothing of the first heap; a handler that was
// registered before a heap had its first region must not allocate from it; a heap in memory that parent and child share wants a
// lock without `reset()`, for the child must not touch what the parent goes on using.
//
// Guarantees: constant-initialised; nothing is called with a lock of a heap held but `lock_all` of others.
#pragma once

#include <allot/policy/spin_lock.hpp>

#include <cstddef>

/// The system's pthread_atfork, under a name of our own: its header belongs to hosted programs, and its declaration differs
/// from one C library to the next.
extern "C" int allot_at_fork(void (*prepare)(), void (*parent)(), void (*child)()) __asm__("pthread_atfork");
extern "C" std::size_t allot_this_thread() __asm__("pthread_self");
extern "C" int allot_this_process() __asm__("getpid");

namespace allot::detail {

/// How often, and by whom, all locks of a heap or of a list of heaps are held: a fork may bring the handlers of the library and of
/// the heap's user, and those of the library twice, where a child registered them that had them already.
class whole_hold {
public:
    /// True if the caller holds them already, and now once more. Where nobody says which thread is which, never.
    bool is_nested() noexcept {
        if (ALLOT_FORKS == 0 || depth_of(this_thread()) == 0) return false;
        ++depth_;
        return true;
    }

    /// To be called with all locks held.
    void begin() noexcept {
        depth_ = 1;
        __atomic_store_n(&thread_, this_thread(), __ATOMIC_RELAXED);
    }

    /// True if that was the last time: the locks are to be let go of.
    bool ends() noexcept {
        if (depth_ > 1) return --depth_, false;
        depth_ = 0;
        __atomic_store_n(&thread_, std::size_t{0}, __ATOMIC_RELAXED);
        return true;
    }

private:
    static std::size_t this_thread() noexcept {
        if constexpr (ALLOT_FORKS != 0) return allot_this_thread();
        else return 0;
    }
    unsigned depth_of(std::size_t thread) const noexcept {
        return __atomic_load_n(&thread_, __ATOMIC_RELAXED) == thread ? depth_ : 0;
    }

    std::size_t thread_ = 0;
    unsigned depth_ = 0;
};

/// A heap in the list.
class fork_member {
public:
    /// What is done to the heap at a fork.
    struct actions {
        void (*lock_all)(void* heap);
        void (*unlock_all)(void* heap);
        void (*start_anew)(void* heap);
    };

    constexpr fork_member() noexcept = default;
    ~fork_member() { leave(); }
    fork_member(const fork_member&) = delete;
    fork_member& operator=(const fork_member&) = delete;

    bool is_in() const noexcept { return __atomic_load_n(&what_, __ATOMIC_ACQUIRE) != nullptr; }

    /// Enters the list; nothing, and no lock taken, if it is in already. Allocates, maybe from this very heap, when the first
    /// heap of the process enters.
    void enter(void* heap, const actions& what) noexcept;

private:
    friend class fork_list;

    void leave() noexcept;

    void set_actions(const actions* what) noexcept { __atomic_store_n(&what_, what, __ATOMIC_RELEASE); }

    void* heap_ = nullptr;
    const actions* what_ = nullptr;
    fork_member* next_ = nullptr;
};

class fork_list {
public:
    /// Sees to it that the handlers are registered: the first caller does it, others wait. False: the caller is about to do it
    /// already, for that may allocate. A child that was forked in between does it anew, even if they were in the system's list.
    template <class Register>
    [[nodiscard]] bool has_handlers(Register&& register_them) noexcept {
        while (__atomic_load_n(&is_registered_, __ATOMIC_ACQUIRE) == 0) {
            if (is_left_to_this_process()) {
                __atomic_store_n(&registrar_, allot_this_thread(), __ATOMIC_RELAXED);
                register_them();
                set_registered();
            } else if (__atomic_load_n(&registrar_, __ATOMIC_RELAXED) == allot_this_thread()) {
                return false;
            }
            cpu_relax();
        }
        return true;
    }

    /// Pre: the handlers are registered.
    void add(fork_member& member, void* heap, const fork_member::actions& what) noexcept {
        const lock_guard held(lock_);
        if (member.is_in()) return;
        member.heap_ = heap;
        member.next_ = first_;
        member.set_actions(&what);
        first_ = &member;
    }

    void remove(fork_member& member) noexcept {
        if (!member.is_in()) return;
        const lock_guard held(lock_);
        fork_member** at = &first_;
        while (*at != &member) at = &(*at)->next_;
        *at = member.next_;
        member.set_actions(nullptr);
    }

    static void prepare() noexcept;
    static void continue_parent() noexcept;
    static void start_child() noexcept;

private:
    template <class Action>
    void for_each(Action&& action) noexcept {
        for (fork_member* at = first_; at != nullptr; at = at->next_) action(*at);
    }

    /// True for one caller in each process.
    bool is_left_to_this_process() noexcept {
        int by = __atomic_load_n(&process_, __ATOMIC_RELAXED);
        const int own = allot_this_process();
        return by != own && __atomic_compare_exchange_n(&process_, &by, own, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    }

    void set_registered() noexcept { __atomic_store_n(&is_registered_, 1U, __ATOMIC_RELEASE); }

    spin_lock lock_{};
    whole_hold hold_{};
    fork_member* first_ = nullptr;
    std::size_t registrar_ = 0;  // the thread that registers the handlers, and its process
    int process_ = 0;
    unsigned is_registered_ = 0;
};

inline constinit fork_list forks{};

inline void fork_list::prepare() noexcept {
    if (forks.hold_.is_nested()) return;
    forks.lock_.lock();
    forks.for_each([](fork_member& member) { member.what_->lock_all(member.heap_); });
    forks.hold_.begin();
}

inline void fork_list::continue_parent() noexcept {
    if (!forks.hold_.ends()) return;
    forks.for_each([](fork_member& member) { member.what_->unlock_all(member.heap_); });
    forks.lock_.unlock();
}

inline void fork_list::start_child() noexcept {
    if (!forks.hold_.ends()) return;
    forks.for_each([](fork_member& member) { member.what_->start_anew(member.heap_); });
    forks.set_registered();  // or this would not run, whatever the thread that did it had time to say
    forks.lock_.reset();
}

inline void fork_member::enter(void* heap, const actions& what) noexcept {
    const auto register_them = [] {
        allot_at_fork(fork_list::prepare, fork_list::continue_parent, fork_list::start_child);
    };
    if (!is_in() && forks.has_handlers(register_them)) forks.add(*this, heap, what);
}

inline void fork_member::leave() noexcept { forks.remove(*this); }

}  // namespace allot::detail
