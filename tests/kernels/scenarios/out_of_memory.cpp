// A kernel that goes on asking the throwing operator new, which never returns null: when the memory is gone the
// heap tells on_exhausted, and the machine ends as verdict::exhausted.

#include "kernel_traits.hpp"
#include "report.hpp"

#include <allot/adapters/new_delete.hpp>
#include <allot/heap.hpp>

namespace {

constinit allot::basic_heap<kernel::kernel_traits<allot::default_traits>> memory;

struct link {
    link* next;
    unsigned char bytes[1000];
};

}  // namespace

ALLOT_REPLACE_NEW_DELETE(memory)

void kernel::end_by_corruption(const allot::corruption_report& report) noexcept { explain_and_end(memory, report); }

extern "C" void kernel_main() {
    kernel::print_banner("a throwing new without memory, on purpose");
    kernel::give_memory(memory);
    kernel::is_proving = true;
    link* chain = nullptr;
    const std::size_t more_than_there_is = memory.stats().region_bytes / sizeof(link) + 1;
    for (std::size_t i = 0; i < more_than_there_is; ++i) {
        chain = new link{chain, {}};
        if (chain == nullptr) kernel::fail(kernel::verdict::stage, "a throwing operator new returned null");
    }
    kernel::fail(kernel::verdict::stage, "operator new gave more memory than there is", chain);
}
