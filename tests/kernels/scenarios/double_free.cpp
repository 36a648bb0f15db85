// A kernel that frees a payload twice. The heap explains that on the serial port and the machine ends as
// verdict::corruption: the hook works before anything else is built on it.

#include "kernel_traits.hpp"
#include "report.hpp"

#include <allot/heap.hpp>

namespace {

constinit allot::basic_heap<kernel::kernel_traits<allot::default_traits>> memory;

}  // namespace

void kernel::end_by_corruption(const allot::corruption_report& report) noexcept { explain_and_end(memory, report); }

extern "C" void kernel_main() {
    kernel::print_banner("a double free, on purpose");
    kernel::give_memory(memory);
    kernel::is_proving = true;
    void* const payload = memory.allocate(100);
    void* const wall = memory.allocate(100);
    memory.deallocate(payload);
    memory.deallocate(payload);
    kernel::fail(kernel::verdict::stage, "a double free went unnoticed", wall);
}
