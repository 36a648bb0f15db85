// The heap of a kernel whose interrupt handlers allocate too.
//
// Freestanding, the interrupts are those of the processor, and an object file is all that is made of it: README's compiler
// lines are run on this file. Hosted, signals stand for interrupts, and the program runs.
#include <allot/allot.hpp>

#include <cstddef>

#if __STDC_HOSTED__
#include <csignal>
#include <cstdio>

#include <pthread.h>
#include <sys/time.h>

struct interrupts {
    static sigset_t save_and_disable() noexcept {
        sigset_t all;
        sigset_t found;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &found);
        return found;
    }
    static void restore(const sigset_t& found) noexcept { pthread_sigmask(SIG_SETMASK, &found, nullptr); }
};
#elif defined(__x86_64__)
// [interrupts]
struct interrupts {  // of x86_64; those of other processors are as short
    static unsigned long save_and_disable() noexcept {
        unsigned long flags;
        asm volatile("pushfq\n\tpopq %0\n\tcli" : "=r"(flags) : : "memory");
        return flags;
    }
    static void restore(unsigned long flags) noexcept {
        asm volatile("pushq %0\n\tpopfq" : : "r"(flags) : "memory", "cc");
    }
};
// [/interrupts]
#elif defined(__aarch64__)
struct interrupts {
    static unsigned long save_and_disable() noexcept {
        unsigned long flags;
        asm volatile("mrs %0, daif\n\tmsr daifset, #2" : "=r"(flags) : : "memory");
        return flags;
    }
    static void restore(unsigned long flags) noexcept { asm volatile("msr daif, %0" : : "r"(flags) : "memory"); }
};
#elif defined(__riscv)
struct interrupts {
    static unsigned long save_and_disable() noexcept {
        unsigned long status;
        asm volatile("csrrci %0, mstatus, 8" : "=r"(status) : : "memory");
        return status & 8;
    }
    static void restore(unsigned long status) noexcept { asm volatile("csrs mstatus, %0" : : "r"(status) : "memory"); }
};
#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
struct interrupts {
    static unsigned long save_and_disable() noexcept {
        unsigned long mask;
        asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(mask) : : "memory");
        return mask;
    }
    static void restore(unsigned long mask) noexcept { asm volatile("msr primask, %0" : : "r"(mask) : "memory"); }
};
#else
#error "Say how this processor masks interrupts."
#endif

// [kernel-heap]
constinit allot::locked_heap<allot::heap, allot::irq_safe<allot::spin_lock, interrupts>> kernel_heap;

bool start_heap(void* base, std::size_t bytes) {  // once for each span that the boot loader reports, in any order
    return kernel_heap.add_region(base, bytes) == allot::region_status::ok;
}
// [/kernel-heap]

// [stopped]
bool report(void (*put_character)(char)) {
    return kernel_heap.while_stopped([&](const auto& still) {  // nothing in here may use the heap itself
        allot::draw_heap_map(still, put_character);
        return static_cast<bool>(still.verify());
    });
}
// [/stopped]

// What a kernel exports: so that every verb is in the object file.
extern "C" void* kernel_allocate(std::size_t bytes) { return kernel_heap.allocate(bytes); }
extern "C" void* kernel_reallocate(void* payload, std::size_t bytes) { return kernel_heap.reallocate(payload, bytes); }
extern "C" void kernel_deallocate(void* payload) { kernel_heap.deallocate(payload); }

#if __STDC_HOSTED__
namespace {

alignas(16) unsigned char first_span[64 * 1024];
alignas(16) unsigned char second_span[256 * 1024];
volatile std::sig_atomic_t ticks = 0;
void* volatile of_the_handler = nullptr;

void on_tick(int) {  // the interrupt handler: it allocates, and frees what it had
    kernel_deallocate(of_the_handler);
    of_the_handler = kernel_allocate(64);
    ticks = ticks + 1;
}

// Allocates and frees until the handler has run `wanted` times. False: a payload could not be had.
bool work_between_ticks(int wanted) {
    while (ticks < wanted) {
        void* payload = kernel_allocate(100);
        if (payload == nullptr) return false;
        payload = kernel_reallocate(payload, 1000);
        kernel_deallocate(payload);
    }
    return true;
}

}  // namespace

int main() {
    if (!start_heap(first_span, sizeof first_span) || !start_heap(second_span, sizeof second_span)) return 1;
    std::signal(SIGALRM, on_tick);
    const itimerval every_millisecond{{0, 1000}, {0, 1000}};
    setitimer(ITIMER_REAL, &every_millisecond, nullptr);
    const bool worked = work_between_ticks(200);
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    kernel_deallocate(of_the_handler);
    const bool is_sound = report([](char character) { std::putchar(character); });
    return worked && is_sound && kernel_heap.stats().in_use_bytes == 0 ? 0 : 1;
}
#endif
