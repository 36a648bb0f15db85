// The serial port (a PL011 at 0x09000000) and semihosting, through which QEMU is told to end.
// Sources: Arm PrimeCell UART (DDI 0183); Arm "Semihosting for AArch32 and AArch64", SYS_EXIT.

#include "machine.hpp"

namespace {

constexpr std::uintptr_t uart = 0x09000000;
constexpr std::uintptr_t uart_flags = uart + 0x18;
constexpr std::uint32_t uart_is_full = 1u << 5;
constexpr std::uint32_t uart_is_busy = 1u << 3;

void wait_while(std::uint32_t flag) noexcept {
    while ((machine::device_register<std::uint32_t>(uart_flags) & flag) != 0) machine::relax();
}

}  // namespace

const char* const machine::description = "aarch64, QEMU virt, Cortex-A53 at EL1 with the MMU on";

void machine::put_character(char character) noexcept {
    wait_while(uart_is_full);
    device_register<std::uint32_t>(uart) = static_cast<unsigned char>(character);
}

void machine::finish(unsigned status) noexcept {
    constexpr std::uint64_t sys_exit = 0x18, application_exit = 0x20026;
    wait_while(uart_is_busy);
    const std::uint64_t arguments[] = {application_exit, status};
    register std::uint64_t operation asm("x0") = sys_exit;
    register const std::uint64_t* block asm("x1") = arguments;
    asm volatile("hlt #0xf000" : "+r"(operation) : "r"(block) : "memory");
    for (;;) asm volatile("wfi");
}
