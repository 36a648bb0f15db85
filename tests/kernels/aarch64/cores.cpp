// The other cores: off until the firmware is asked, through PSCI CPU_ON by HVC (the conduit that QEMU's virt board
// names in its device tree). Source: Arm Power State Coordination Interface (DEN 0022), 5.6 "CPU_ON".

#include "machine.hpp"

alignas(16) unsigned char core_stacks[machine::max_cores][machine::stack_bytes];
extern "C" void start();

namespace {

void (*work_of_others)();

/// PSCI changes no more than the call standard for functions lets it change.
std::uint64_t call_firmware(std::uint64_t function, std::uint64_t core, std::uint64_t entry) noexcept {
    register std::uint64_t x0 asm("x0") = function;
    register std::uint64_t x1 asm("x1") = core;
    register std::uint64_t x2 asm("x2") = entry;
    register std::uint64_t x3 asm("x3") = 0;
    asm volatile("hvc #0"
                 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                 :
                 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                   "memory");
    return x0;
}

}  // namespace

/// Called by start.S on every core, with a stack of its own.
extern "C" [[noreturn]] void start_core(unsigned core) {
    if (core == 0) kernel_main();
    if (core < machine::max_cores) work_of_others();
    for (;;) asm volatile("wfi");
}

unsigned machine::this_core() noexcept {
    std::uint64_t affinity;
    asm volatile("mrs %0, mpidr_el1" : "=r"(affinity));
    return affinity & 0xff;
}

void machine::start_cores(void (*work)()) noexcept {
    constexpr std::uint64_t cpu_on = 0xc4000003;
    const auto entry = reinterpret_cast<std::uint64_t>(&start);
    work_of_others = work;
    for (unsigned core = 1; core < core_count(); ++core) call_firmware(cpu_on, core, entry);
}

void machine::relax() noexcept { asm volatile("yield"); }
