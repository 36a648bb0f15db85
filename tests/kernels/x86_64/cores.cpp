// The other cores: counted through QEMU's fw_cfg, woken by INIT and start-up messages between local APICs.
// Sources: QEMU docs/specs/fw_cfg; Intel SDM volume 3, 9.4.4.1 "Typical BSP Initialization Sequence".

#include "hardware.hpp"

extern "C" const unsigned char trampoline[], trampoline_end[];
alignas(16) unsigned char core_stacks[machine::max_cores][machine::stack_bytes];

namespace {

constexpr std::uintptr_t trampoline_page = 0x8000;

void (*work_of_others)();

/// A write to the POST port takes about a microsecond on a real PC, which is how firmware has always waited.
void wait_microseconds(unsigned count) noexcept {
    for (unsigned i = 0; i < count; ++i) machine::write_port(0x80, 0);
}

void copy_trampoline() noexcept {
    auto* const to = machine::memory_at<volatile unsigned char>(trampoline_page);
    for (std::ptrdiff_t i = 0; i < trampoline_end - trampoline; ++i) to[i] = trampoline[i];
}

void send_to(unsigned core, std::uint32_t message) noexcept {
    constexpr std::uint32_t still_sending = 1u << 12;
    machine::apic_register(machine::apic::command_high) = core << 24;
    machine::apic_register(machine::apic::command_low) = message;
    while ((machine::apic_register(machine::apic::command_low) & still_sending) != 0) machine::relax();
}

void wake(unsigned core) noexcept {
    constexpr std::uint32_t init = 0x4500, start_up = 0x4600;
    send_to(core, init);
    wait_microseconds(10'000);
    for (int twice = 0; twice < 2; ++twice) {
        send_to(core, start_up | trampoline_page >> 12);
        wait_microseconds(200);
    }
}

[[noreturn]] void sleep_for_ever() noexcept {
    for (;;) asm volatile("cli; hlt");
}

}  // namespace

/// Called by start.S on every core, with a stack of its own.
extern "C" [[noreturn]] void start_core(unsigned core) {
    machine::load_interrupt_table();
    if (core == 0) kernel_main();
    if (core < machine::max_cores) work_of_others();
    sleep_for_ever();
}

unsigned machine::core_count() noexcept {
    constexpr std::uint16_t selector = 0x510, data = 0x511, number_of_cores = 5;
    write_port_word(selector, number_of_cores);
    const unsigned low = read_port(data);
    const unsigned cores = low | unsigned{read_port(data)} << 8;
    return cores < max_cores ? cores : max_cores;
}

unsigned machine::this_core() noexcept { return apic_register(apic::id) >> 24; }

void machine::start_cores(void (*work)()) noexcept {
    work_of_others = work;
    copy_trampoline();
    for (unsigned core = 1; core < core_count(); ++core) wake(core);
}

void machine::relax() noexcept { asm volatile("pause"); }
