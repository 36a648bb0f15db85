// Faults, which end the machine with a report, and SysTick.
// Source: Armv7-M Architecture Reference Manual (DDI 0403), B1.5 "exception model" and B3.3 "The system timer".

#include "machine.hpp"
#include "verdict.hpp"

namespace {

constexpr std::uintptr_t systick_control = 0xe000e010;
constexpr std::uintptr_t systick_reload = 0xe000e014;
constexpr std::uintptr_t systick_current = 0xe000e018;
constexpr std::uintptr_t fault_status = 0xe000ed28;

void (*on_tick)();

volatile std::uint32_t& system_register(std::uintptr_t address) noexcept {
    return machine::device_register<std::uint32_t>(address);
}

}  // namespace

/// A vector: the processor itself has saved what a function may change.
extern "C" void tick() { on_tick(); }

extern "C" void fault() {
    std::uint32_t number;
    asm volatile("mrs %0, ipsr" : "=r"(number));
    kernel::be_the_only_one_to_end();
    kernel::print("\n\n!! processor exception ", number, ", fault status ", kernel::hex{system_register(fault_status)},
                  "\n");
    kernel::end_with(kernel::verdict::trap);
}

/// The processor runs at 25 MHz on this board: a tenth of a millisecond from one tick to the next.
void machine::start_timer(void (*handler)()) noexcept {
    constexpr std::uint32_t enabled = 1, interrupts_on = 2, processor_clock = 4;
    on_tick = handler;
    system_register(systick_reload) = 2500 - 1;
    system_register(systick_current) = 0;
    system_register(systick_control) = enabled | interrupts_on | processor_clock;
    asm volatile("cpsie i" : : : "memory");
}

void machine::stop_timer() noexcept {
    asm volatile("cpsid i" : : : "memory");
    system_register(systick_control) = 0;
}

machine::interrupts::state machine::interrupts::save_and_disable() noexcept {
    state found;
    asm volatile("mrs %0, primask; cpsid i" : "=r"(found) : : "memory");
    return found;
}

void machine::interrupts::restore(state found) noexcept { asm volatile("msr primask, %0" : : "r"(found) : "memory"); }
