// A signal handler that allocates from the heap it interrupts: under irq_safe it waits, without it waits for ever.
#include "busy_life.hpp"
#include "signals.hpp"
#include "support/catch.hpp"
#include "support/child.hpp"
#include "support/heap_over_array.hpp"

#include <allot/locked_heap.hpp>
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/spin_lock.hpp>
#include <allot/policy/ticket_lock.hpp>

#include <cerrno>

#include <sys/time.h>

namespace {

using heap = allot::basic_heap<allot_test::reporting<allot::default_traits>>;

thread_local volatile sig_atomic_t inside_handler = 0;

// A lock whose every section is interrupted at once: no need to wait for an unlucky moment. The handler's own
// sections are not, or there would be no end of it.
template <class Lock>
class interrupted_inside {
public:
    void lock() noexcept {
        lock_.lock();
        if (inside_handler == 0) raise(SIGUSR1);
    }
    void unlock() noexcept { lock_.unlock(); }

private:
    Lock lock_{};
};

// Interrupts that forget to disable.
struct interrupts_left_on {
    static int save_and_disable() noexcept { return 0; }
    static void restore(int) noexcept {}
};

// The heap that the handler allocates from, and what the handler has seen.
template <class Heap>
struct device {
    static inline Heap* heap = nullptr;
    static inline std::atomic<long> calls{0};
    static inline std::atomic<long> damaged{0};

    static void handle(int) {
        if (heap == nullptr) return;  // it is only now being given its memory
        inside_handler = 1;
        const int kept_errno = errno;
        ++calls;
        const busy_life::label with{64, 3};
        auto* const payload = static_cast<unsigned char*>(heap->allocate(with.bytes));
        if (payload != nullptr) {
            busy_life::fill(payload, with);
            if (!busy_life::is_intact(payload, with, with.bytes)) ++damaged;
            heap->deallocate(payload);
        }
        errno = kept_errno;
        inside_handler = 0;
    }

    static void attach(Heap& to) {
        heap = &to;
        calls = 0;
        damaged = 0;
    }
};

// Starts the timer of this process; 0 stops it.
void interrupt_every(suseconds_t microseconds) {
    const itimerval period = {{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &period, nullptr);
}

// A life whose every section is interrupted, for a child process.
template <class Lock>
void interrupted_life(unsigned steps) {
    using locked = allot::locked_heap<heap, Lock>;
    const interrupt_handler handler(SIGUSR1, device<locked>::handle);
    allot_test::heap_over_array<locked> over;
    device<locked>::attach(over.heap);
    busy_life::town town(over.heap, 600);
    town.live(1, steps);
    const bool handled = device<locked>::calls >= static_cast<long>(steps / 2) && device<locked>::damaged == 0;
    allot_test::leave_child(handled && town.ended_well() ? 0 : 1);
}

template <class Lock>
using masked = allot::irq_safe<interrupted_inside<Lock>, signal_interrupts>;

}  // namespace

TEMPLATE_TEST_CASE("irq_safe: a handler that allocates in every section", "", allot::spin_lock, allot::ticket_lock,
                   allot::null_lock) {
    CHECK(allot_test::end_of([] { interrupted_life<masked<TestType>>(20'000); }) == "returned");
}

TEST_CASE("irq_safe: the handler runs after the section, not inside it") {
    using locked = allot::locked_heap<heap, masked<allot::spin_lock>>;
    const interrupt_handler handler(SIGUSR1, device<locked>::handle);
    allot_test::heap_over_array<locked> over;
    device<locked>::attach(over.heap);
    over.heap.deallocate(over.heap.allocate(100));
    CHECK(device<locked>::calls == 2);
}

TEST_CASE("irq_safe: threads and a timer that interrupts them") {
    using locked = allot::locked_heap<heap, allot::irq_safe<allot::spin_lock, signal_interrupts>>;
    allot_test::heap_over_array<locked> over;
    device<locked>::attach(over.heap);
    const interrupt_handler handler(SIGALRM, device<locked>::handle);
    busy_life::town town(over.heap, 600);
    const sigset_t enabled = signal_interrupts::save_and_disable();  // this thread only waits for the others
    town.live_while(2, [&enabled](unsigned step) {
        if (step == 0) {
            signal_interrupts::restore(enabled);
            interrupt_every(1000);
        }
        return step < 5'000 || device<locked>::calls < 50;
    });
    interrupt_every(0);
    signal_interrupts::restore(enabled);
    CHECK(town.ended_well());
    CHECK(device<locked>::damaged == 0);
}

TEST_CASE("control: a lock without masking hangs when a handler allocates") {
    CHECK(allot_test::end_of([] { interrupted_life<interrupted_inside<allot::spin_lock>>(100); }, 2) == "hung");
}

TEST_CASE("control: masking that leaves interrupts on hangs too") {
    using unmasked = allot::irq_safe<interrupted_inside<allot::spin_lock>, interrupts_left_on>;
    CHECK(allot_test::end_of([] { interrupted_life<unmasked>(100); }, 2) == "hung");
}
