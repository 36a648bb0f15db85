// Traps, which end the machine with a report, and the timer of the local APIC.
// Source: Intel SDM volume 3, chapter 6 "Interrupt and Exception Handling" and 11.5.4 "APIC Timer".

#include "hardware.hpp"
#include "verdict.hpp"

#include <utility>

namespace {

/// What the processor pushes; the compiler's interrupt attribute passes it.
struct frame {
    std::uintptr_t instruction, code_segment, flags, stack, stack_segment;
};

struct [[gnu::packed]] gate {
    std::uint16_t handler_low;
    std::uint16_t segment;
    std::uint8_t stack;
    std::uint8_t type;
    std::uint16_t handler_middle;
    std::uint32_t handler_high;
    std::uint32_t reserved;
};

constexpr std::size_t exceptions = 32;
constexpr std::uint8_t timer_vector = 32;
constexpr std::uint8_t spurious_vector = 255;
constexpr std::uint8_t interrupt_gate = 0x8e;  // present, ring 0, interrupts off inside

gate table[256];
void (*on_tick)();

[[noreturn]] void report(std::size_t vector, const frame& where) noexcept {
    std::uintptr_t fault_address;
    asm volatile("mov %%cr2, %0" : "=r"(fault_address));
    kernel::be_the_only_one_to_end();
    kernel::print("\n\n!! processor exception ", vector, ", cr2 ", kernel::hex{fault_address}, ", instruction at ",
                  kernel::hex{where.instruction}, ", core ", machine::this_core(), "\n");
    kernel::end_with(kernel::verdict::trap);
}

template <std::size_t Vector>
[[gnu::interrupt]] void exception(frame* where) {
    report(Vector, *where);
}

/// For the exceptions that push an error code below the frame.
template <std::size_t Vector>
[[gnu::interrupt]] void exception_with_code(frame* where, std::uintptr_t) {
    report(Vector, *where);
}

[[gnu::interrupt]] void timer(frame*) {
    on_tick();
    machine::apic_register(machine::apic::end_of_interrupt) = 0;
}

/// Not acknowledged: SDM 11.9 "Spurious Interrupt".
[[gnu::interrupt]] void spurious(frame*) {}

template <class Handler>
void set_gate(std::size_t vector, Handler* handler) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(handler);
    table[vector] = {
        static_cast<std::uint16_t>(address),       0x08, 0, interrupt_gate, static_cast<std::uint16_t>(address >> 16),
        static_cast<std::uint32_t>(address >> 32), 0};
}

constexpr bool pushes_code(std::size_t vector) noexcept {
    return vector == 8 || (10 <= vector && vector <= 14) || vector == 17 || vector == 21;
}

template <std::size_t Vector>
void set_exception() noexcept {
    if constexpr (pushes_code(Vector)) {
        set_gate(Vector, exception_with_code<Vector>);
    } else {
        set_gate(Vector, exception<Vector>);
    }
}

template <std::size_t... Vectors>
void set_exceptions(std::index_sequence<Vectors...>) noexcept {
    (set_exception<Vectors>(), ...);
}

/// The two 8259 controllers of a PC would deliver on the vectors of exceptions: mask all their lines.
void silence_old_controllers() noexcept {
    machine::write_port(0x21, 0xff);
    machine::write_port(0xa1, 0xff);
}

}  // namespace

void machine::load_interrupt_table() noexcept {
    if (this_core() == 0) {
        set_exceptions(std::make_index_sequence<exceptions>());
        set_gate(timer_vector, timer);
        set_gate(spurious_vector, spurious);
        silence_old_controllers();
    }
    const struct [[gnu::packed]] {
        std::uint16_t limit;
        const gate* base;
    } pointer = {sizeof(table) - 1, table};
    asm volatile("lidt %0" : : "m"(pointer));
}

/// QEMU's local APIC counts at 1 GHz: 100 microseconds from one tick to the next.
void machine::start_timer(void (*tick)()) noexcept {
    constexpr std::uint32_t enabled = 1u << 8, periodic = 1u << 17, undivided = 0xb;
    on_tick = tick;
    apic_register(apic::spurious_vector) = enabled | spurious_vector;
    apic_register(apic::timer_divider) = undivided;
    apic_register(apic::timer_vector) = periodic | timer_vector;
    apic_register(apic::timer_count) = 100'000;
    asm volatile("sti" : : : "memory");
}

void machine::stop_timer() noexcept {
    asm volatile("cli" : : : "memory");
    apic_register(apic::timer_count) = 0;
}

machine::interrupts::state machine::interrupts::save_and_disable() noexcept {
    state flags;
    asm volatile("pushfq; popq %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

void machine::interrupts::restore(state flags) noexcept {
    asm volatile("pushq %0; popfq" : : "r"(flags) : "memory", "cc");
}
