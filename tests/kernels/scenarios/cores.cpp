// Every core allocates from one locked heap, and frees what the others allocated. ALLOT_TEST_LOCK names the lock; with
// allot::null_lock, which does nothing, the same kernel is the control that must fail.

#include "container_stage.hpp"
#include "exhaustion.hpp"
#include "kernel_traits.hpp"
#include "life.hpp"
#include "post_office.hpp"
#include "report.hpp"
#include "team.hpp"

#include <allot/adapters/new_delete.hpp>
#include <allot/locked_heap.hpp>
#include <allot/policy/lock.hpp>
#include <allot/policy/spin_lock.hpp>
#include <allot/policy/ticket_lock.hpp>

#define ALLOT_TEST_TEXT_OF(name) #name
#define ALLOT_TEST_TEXT(name) ALLOT_TEST_TEXT_OF(name)

namespace {

using heap_type =
    allot::locked_heap<allot::basic_heap<kernel::kernel_traits<allot::default_traits>>, allot::ALLOT_TEST_LOCK>;
using core_life = kernel::life<heap_type, 512>;

constexpr std::size_t steps = ALLOT_TEST_STEPS;
constexpr std::size_t steps_between_exchanges = 4;

constinit heap_type memory;
constinit core_life lives[machine::max_cores] = {{memory, 1, 12}, {memory, 2, 12}, {memory, 3, 12}, {memory, 4, 12}};
constinit kernel::post_office post;
constinit kernel::team workers;

/// A quarter of the steps end with an exchange of two payloads between this core and whoever came by before.
void live_a_hundredth(core_life& lived, kernel::random& boxes) {
    for (std::size_t i = 0; i < steps / 100; ++i) {
        lived.step();
        if (i % steps_between_exchanges == 0) post.exchange(lived.any_slot(), boxes.next());
    }
}

void work() {
    const unsigned core = machine::this_core();
    kernel::random boxes(core + 1);
    workers.wait_for_all();
    for (int percent = 0; percent < 100; ++percent) {
        live_a_hundredth(lives[core], boxes);
        kernel::fill_a_vector(100);
        kernel::queue_in_a_list(100);
        if (core != 0) continue;
        kernel::expect_sound(memory);
        if (percent % 5 == 4) kernel::put('.');
    }
    workers.wait_for_all();
}

void print_cores() {
    for (unsigned core = 0; core < machine::core_count(); ++core) {
        const kernel::life_figures& figures = lives[core].figures();
        kernel::print("  core ", core, "   steps ", kernel::column{figures.steps, 9}, "   allocated ",
                      kernel::column{figures.allocated, 9}, "   handed over by others ",
                      kernel::column{figures.from_others, 9}, "\n");
        kernel::expect(figures.from_others != 0, "a core never met a payload of another one");
    }
}

void end_all_lives() {
    for (core_life& lived : lives) lived.end();
    post.empty([](kernel::marked_payload& left) { lives[0].deallocate(left); });
}

}  // namespace

ALLOT_REPLACE_NEW_DELETE(memory)

void kernel::end_by_corruption(const allot::corruption_report& report) noexcept { explain_and_end(memory, report); }

extern "C" void kernel_main() {
    kernel::print_banner("all cores on one heap, " ALLOT_TEST_TEXT(ALLOT_TEST_LOCK));
    kernel::give_memory(memory);
    const auto before = memory.stats();
    workers.start(work, ALLOT_TEST_CORES);
    kernel::print("cores         ", machine::core_count(), " at work  ");
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
