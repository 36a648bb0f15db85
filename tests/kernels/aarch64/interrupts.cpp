// Traps, which end the machine with a report, and the virtual timer, delivered through a GICv2.
// Sources: Arm GIC architecture version 2 (IHI 0048), chapter 4; Arm ARM, D11 "The Generic Timer"; the addresses and
// the interrupt number from QEMU's virt board (hw/arm/virt.c, and its device tree).

#include "machine.hpp"
#include "verdict.hpp"

namespace {

constexpr std::uintptr_t distributor = 0x08000000;
constexpr std::uintptr_t core_interface = 0x08010000;
constexpr std::uint32_t virtual_timer = 27;
constexpr std::uint32_t first_special = 1020;

void (*on_tick)();

volatile std::uint32_t& gic_register(std::uintptr_t address) noexcept {
    return machine::device_register<std::uint32_t>(address);
}

/// A tenth of a millisecond from now on. Writing the count also takes the pending interrupt back.
void set_timer() noexcept {
    std::uint64_t frequency;
    asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    asm volatile("msr cntv_tval_el0, %0" : : "r"(frequency / 10'000));
}

void allow_interrupts() noexcept { asm volatile("msr daifclr, #2" : : : "memory"); }

}  // namespace

/// Called by start.S, interrupts off, on the stack of the interrupted code.
extern "C" void handle_interrupt() {
    const std::uint32_t acknowledged = gic_register(core_interface + 0x0c);
    const std::uint32_t number = acknowledged & 0x3ff;
    if (number == virtual_timer) {
        set_timer();
        on_tick();
    }
    if (number < first_special) gic_register(core_interface + 0x10) = acknowledged;
}

/// Called by start.S with the number of the vector and the syndrome registers.
extern "C" [[noreturn]] void report_exception(std::size_t vector, std::uintptr_t syndrome, std::uintptr_t instruction,
                                              std::uintptr_t address) {
    kernel::be_the_only_one_to_end();
    kernel::print("\n\n!! processor exception, vector ", vector, ", syndrome ", kernel::hex{syndrome}, ", address ",
                  kernel::hex{address}, ", instruction at ", kernel::hex{instruction}, ", core ", machine::this_core(),
                  "\n");
    kernel::end_with(kernel::verdict::trap);
}

void machine::start_timer(void (*tick)()) noexcept {
    on_tick = tick;
    gic_register(distributor) = 1;
    gic_register(distributor + 0x100) = 1u << virtual_timer;  // enable; this register is banked, one a core
    gic_register(core_interface + 0x04) = 0xff;               // let every priority through
    gic_register(core_interface) = 1;
    set_timer();
    asm volatile("msr cntv_ctl_el0, %0" : : "r"(std::uint64_t{1}));
    allow_interrupts();
}

void machine::stop_timer() noexcept {
    interrupts::save_and_disable();
    asm volatile("msr cntv_ctl_el0, %0" : : "r"(std::uint64_t{0}));
}

machine::interrupts::state machine::interrupts::save_and_disable() noexcept {
    state found;
    asm volatile("mrs %0, daif; msr daifset, #2" : "=r"(found) : : "memory");
    return found;
}

void machine::interrupts::restore(state found) noexcept { asm volatile("msr daif, %0" : : "r"(found) : "memory"); }
