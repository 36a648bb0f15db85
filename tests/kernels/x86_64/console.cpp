// The first serial port (a 16550 at 0x3f8) and QEMU's isa-debug-exit device at 0xf4.

#include "hardware.hpp"

namespace {

constexpr std::uint16_t serial = 0x3f8;
constexpr std::uint16_t line_status = serial + 5;
constexpr std::uint8_t room_for_a_character = 0x20;
constexpr std::uint8_t everything_is_sent = 0x40;

void wait_for(std::uint8_t status) noexcept {
    while ((machine::read_port(line_status) & status) == 0) machine::relax();
}

}  // namespace

const char* const machine::description = "x86_64, QEMU pc, booted through PVH into long mode";

void machine::put_character(char character) noexcept {
    wait_for(room_for_a_character);
    write_port(serial, static_cast<std::uint8_t>(character));
}

/// The device ends QEMU with (value << 1) | 1: the status must be odd.
void machine::finish(unsigned status) noexcept {
    wait_for(everything_is_sent);
    write_port_long(0xf4, status >> 1);
    for (;;) asm volatile("cli; hlt");
}
