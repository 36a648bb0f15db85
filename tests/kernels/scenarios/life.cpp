// One core, one heap, no lock: containers, a random life, exhaustion. ALLOT_TEST_TRAITS names the traits of the heap.

#include "life.hpp"
#include "container_stage.hpp"
#include "exhaustion.hpp"
#include "kernel_traits.hpp"
#include "report.hpp"

#include <allot/adapters/new_delete.hpp>
#include <allot/heap.hpp>

#define ALLOT_TEST_TEXT_OF(name) #name
#define ALLOT_TEST_TEXT(name) ALLOT_TEST_TEXT_OF(name)

namespace {

using heap_type = allot::basic_heap<kernel::kernel_traits<allot::ALLOT_TEST_TRAITS>>;

constexpr std::uint32_t seed = 20240229;
constexpr std::size_t steps = ALLOT_TEST_STEPS;

constinit heap_type memory;
constinit kernel::life<heap_type, 4096> lived(memory, seed, 15);

void live_once() {
    kernel::print("life          ");
    live(memory, lived, steps);
    kernel::print("  seed ", seed, "\n");
    print_figures(lived.figures());
    kernel::print_stats(memory.stats());
    kernel::print_map(memory);
}

}  // namespace

ALLOT_REPLACE_NEW_DELETE(memory)

void kernel::end_by_corruption(const allot::corruption_report& report) noexcept { explain_and_end(memory, report); }

extern "C" void kernel_main() {
    kernel::print_banner("one core, " ALLOT_TEST_TEXT(ALLOT_TEST_TRAITS));
    kernel::give_memory(memory);
    kernel::is_proving = true;
    kernel::use_containers(memory, 10'000);
    memory.coalesce();
    const auto before = memory.stats();
    live_once();
    lived.end();
    memory.coalesce();
    kernel::expect(kernel::has_same_memory(before, memory.stats()), "the life did not give back what it took");
    kernel::exhaust(memory);
    kernel::pass();
}
