// A timer interrupts every core thousands of times a second, and its handler uses the heap that the interrupted code
// is using. ALLOT_TEST_LOCK names the lock; with plain_spin_lock or null_lock, which leave interrupts on, the same kernel is
// the control that must end in a deadlock.

#include "container_stage.hpp"
#include "exhaustion.hpp"
#include "kernel_traits.hpp"
#include "life.hpp"
#include "report.hpp"
#include "team.hpp"
#include "tick_ring.hpp"
#include "watched_lock.hpp"

#include <allot/adapters/new_delete.hpp>
#include <allot/locked_heap.hpp>
#include <allot/policy/core_local.hpp>
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/spin_lock.hpp>

#define ALLOT_TEST_TEXT_OF(name) #name
#define ALLOT_TEST_TEXT(name) ALLOT_TEST_TEXT_OF(name)

namespace {

struct core_interrupts : machine::interrupts {
    static unsigned core() noexcept { return machine::this_core(); }
};
using core_local_lock = allot::core_local<core_interrupts>;
using irq_safe_spin_lock = allot::irq_safe<allot::spin_lock, machine::interrupts>;
using single_core_lock = allot::single_core_lock<machine::interrupts>;
using plain_spin_lock = allot::spin_lock;
using null_lock = allot::null_lock;

using heap_lock = kernel::watched_lock<ALLOT_TEST_LOCK>;
using heap_type = allot::locked_heap<allot::basic_heap<kernel::kernel_traits<allot::default_traits>>, heap_lock>;
using core_life = kernel::life<heap_type, 256>;
using ring_type = kernel::tick_ring<heap_type>;

constexpr std::size_t steps = ALLOT_TEST_STEPS;
constexpr std::size_t fewest_ticks = 250;

constinit heap_type memory;
constinit core_life lives[machine::max_cores] = {{memory, 1, 12}, {memory, 2, 12}, {memory, 3, 12}, {memory, 4, 12}};
constinit ring_type rings[machine::max_cores] = {{memory, 5}, {memory, 6}, {memory, 7}, {memory, 8}};
constinit kernel::team workers;

void on_tick() {
    if (!heap_lock::is_changing()) rings[machine::this_core()].tick();
}

/// A share of the steps, then as many more as it takes to be interrupted often enough.
void live_a_hundredth(core_life& lived, const ring_type& ring, std::size_t percent) {
    for (std::size_t i = 0; i < steps / 100; ++i) lived.step();
    while (ring.ticks() < (percent + 1) * fewest_ticks / 100) lived.step();
}

void work() {
    const unsigned core = machine::this_core();
    workers.wait_for_all();
    machine::start_timer(on_tick);
    for (std::size_t percent = 0; percent < 100; ++percent) {
        live_a_hundredth(lives[core], rings[core], percent);
        kernel::fill_a_vector(100);
        kernel::queue_in_a_list(100);
        if (core != 0) continue;
        kernel::expect_sound(memory);
        if (percent % 5 == 4) kernel::put('.');
    }
    machine::stop_timer();
    workers.wait_for_all();
}

void print_cores() {
    for (unsigned core = 0; core < machine::core_count(); ++core) {
        kernel::print("  core ", core, "   steps ", kernel::column{lives[core].figures().steps, 9}, "   allocated ",
                      kernel::column{lives[core].figures().allocated, 9}, "   interrupts ",
                      kernel::column{rings[core].ticks(), 9}, "\n");
    }
}

void end_all_lives() {
    for (core_life& lived : lives) lived.end();
    for (ring_type& ring : rings) ring.end();
}

}  // namespace

ALLOT_REPLACE_NEW_DELETE(memory)

void kernel::end_by_corruption(const allot::corruption_report& report) noexcept { explain_and_end(memory, report); }

extern "C" void kernel_main() {
    kernel::print_banner("a timer whose handler allocates, " ALLOT_TEST_TEXT(ALLOT_TEST_LOCK));
    kernel::give_memory(memory);
    const auto before = memory.stats();
    workers.start(work, ALLOT_TEST_CORES);
    kernel::print("interrupts    ", machine::core_count(), " at work  ");
    kernel::is_proving = true;
    work();
    kernel::put('\n');
    print_cores();
    kernel::print_stats(memory.stats());
    kernel::print_map(memory);
    end_all_lives();
    memory.coalesce();
    kernel::expect(kernel::has_same_memory(before, memory.stats()), "the cores did not give back what they took");
    kernel::exhaust(memory);
    kernel::pass();
}
