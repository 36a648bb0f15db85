// The serial port (a CMSDK UART at 0x40004000) and semihosting, through which QEMU is told to end.
// Sources: Arm Cortex-M System Design Kit (DDI 0479), 4.3; Arm semihosting, SYS_EXIT_EXTENDED.

#include "machine.hpp"

namespace {

constexpr std::uintptr_t uart = 0x40004000;
constexpr std::uint32_t uart_is_full = 1;

volatile std::uint32_t& uart_register(std::uintptr_t offset) noexcept {
    return machine::device_register<std::uint32_t>(uart + offset);
}

/// Transmit enable, and the smallest divider that the part allows: it sends nothing without one.
void enable_uart() noexcept {
    uart_register(0x10) = 16;
    uart_register(0x08) = 1;
}

}  // namespace

#if __ARM_ARCH == 6
const char* const machine::description = "code for a Cortex-M0+, QEMU mps2-an385, 32 bit, no MMU";
#else
const char* const machine::description = "Cortex-M3, QEMU mps2-an385, 32 bit, no MMU";
#endif

void machine::put_character(char character) noexcept {
    enable_uart();
    while ((uart_register(0x04) & uart_is_full) != 0) relax();
    uart_register(0x00) = static_cast<unsigned char>(character);
}

void machine::finish(unsigned status) noexcept {
    constexpr std::uint32_t sys_exit_extended = 0x20, application_exit = 0x20026;
    while ((uart_register(0x04) & uart_is_full) != 0) relax();
    const std::uint32_t arguments[] = {application_exit, status};
    register std::uint32_t operation asm("r0") = sys_exit_extended;
    register const std::uint32_t* block asm("r1") = arguments;
    asm volatile("bkpt 0xab" : "+r"(operation) : "r"(block) : "memory");
    for (;;) asm volatile("wfi");
}
