// The other harts: without firmware all of them start at once, and all but hart 0 wait for the flag that releases them.

#include "harts.hpp"
#include "machine.hpp"

alignas(16) unsigned char core_stacks[machine::max_cores][machine::stack_bytes];
const unsigned char* machine::device_tree_blob = nullptr;

namespace {

void (*work_of_others)() = nullptr;

void wait_for_work() noexcept {
    while (__atomic_load_n(&work_of_others, __ATOMIC_ACQUIRE) == nullptr) machine::relax();
}

}  // namespace

/// Called by start.S on every hart, with a stack of its own.
extern "C" [[noreturn]] void start_core(unsigned hart, const unsigned char* tree) {
    if (hart == 0) {
        machine::device_tree_blob = tree;
        kernel_main();
    }
    wait_for_work();
    work_of_others();
    for (;;) asm volatile("wfi");
}

unsigned machine::this_core() noexcept {
    std::uintptr_t hart;
    asm volatile("csrr %0, mhartid" : "=r"(hart));
    return static_cast<unsigned>(hart);
}

void machine::start_cores(void (*work)()) noexcept { __atomic_store_n(&work_of_others, work, __ATOMIC_RELEASE); }

/// pause (Zihintpause): a fence without effect on harts that do not know it.
void machine::relax() noexcept { asm volatile(".insn i 0x0f, 0, x0, x0, 0x010"); }
