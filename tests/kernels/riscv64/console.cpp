// The serial port (a 16550 at 0x10000000) and the SiFive test device at 0x100000, which ends QEMU.

#include "machine.hpp"

namespace {

constexpr std::uintptr_t serial = 0x10000000;
constexpr std::uintptr_t line_status = serial + 5;
constexpr std::uint8_t room_for_a_character = 0x20;
constexpr std::uint8_t everything_is_sent = 0x40;

void wait_for(std::uint8_t status) noexcept {
    while ((machine::device_register<std::uint8_t>(line_status) & status) == 0) machine::relax();
}

}  // namespace

const char* const machine::description = "riscv64, QEMU virt, M-mode without firmware";

void machine::put_character(char character) noexcept {
    wait_for(room_for_a_character);
    device_register<std::uint8_t>(serial) = static_cast<std::uint8_t>(character);
}

/// The low half says "fail", the high half is the exit status: so that any status can be given, 33 for a pass included.
void machine::finish(unsigned status) noexcept {
    wait_for(everything_is_sent);
    device_register<std::uint32_t>(0x100000) = status << 16 | 0x3333;
    for (;;) asm volatile("wfi");
}
