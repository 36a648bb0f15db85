// Traps, which end the machine with a report, and the machine timer of the CLINT.
// Source: RISC-V Instruction Set Manual volume II, 3.1 "Machine-Level CSRs" and 3.2.1 "Machine Timer Registers".

#include "harts.hpp"
#include "machine.hpp"
#include "verdict.hpp"

namespace {

constexpr std::uintptr_t machine_timer_interrupt = std::uintptr_t{1} << 63 | 7;
constexpr std::uintptr_t timer_enabled = 1u << 7;       // mie.MTIE
constexpr std::uintptr_t interrupts_enabled = 1u << 3;  // mstatus.MIE

void (*on_tick)();

/// A tenth of a millisecond from now on: the CLINT counts at 10 MHz. This also takes the pending interrupt back.
void set_timer() noexcept {
    const std::uint64_t now = machine::device_register<std::uint64_t>(machine::clint_time);
    machine::device_register<std::uint64_t>(machine::clint_compare + 8 * machine::this_core()) = now + 1000;
}

[[noreturn]] void report(std::uintptr_t cause) noexcept {
    std::uintptr_t instruction, value;
    asm volatile("csrr %0, mepc; csrr %1, mtval" : "=&r"(instruction), "=&r"(value));
    kernel::be_the_only_one_to_end();
    kernel::print("\n\n!! processor exception, cause ", kernel::hex{cause}, ", value ", kernel::hex{value},
                  ", instruction at ", kernel::hex{instruction}, ", core ", machine::this_core(), "\n");
    kernel::end_with(kernel::verdict::trap);
}

}  // namespace

/// mtvec points here: four-byte aligned, in direct mode.
extern "C" [[gnu::interrupt("machine"), gnu::aligned(4)]] void trap_entry() {
    std::uintptr_t cause;
    asm volatile("csrr %0, mcause" : "=r"(cause));
    if (cause != machine_timer_interrupt) report(cause);
    set_timer();
    on_tick();
}

void machine::start_timer(void (*tick)()) noexcept {
    on_tick = tick;
    set_timer();
    asm volatile("csrs mie, %0" : : "r"(timer_enabled));
    asm volatile("csrs mstatus, %0" : : "r"(interrupts_enabled) : "memory");
}

void machine::stop_timer() noexcept {
    interrupts::save_and_disable();
    asm volatile("csrc mie, %0" : : "r"(timer_enabled));
}

machine::interrupts::state machine::interrupts::save_and_disable() noexcept {
    state found;
    asm volatile("csrrc %0, mstatus, %1" : "=r"(found) : "r"(interrupts_enabled) : "memory");
    return found & interrupts_enabled;
}

void machine::interrupts::restore(state found) noexcept { asm volatile("csrs mstatus, %0" : : "r"(found) : "memory"); }
