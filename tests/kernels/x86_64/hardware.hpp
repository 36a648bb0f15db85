// Ports and the local APIC. Source: Intel SDM volume 3, chapter 11 "Advanced Programmable Interrupt Controller".
#pragma once

#include "machine.hpp"

#include <cstdint>

namespace machine {

inline void write_port(std::uint16_t port, std::uint8_t value) noexcept {
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

inline void write_port_word(std::uint16_t port, std::uint16_t value) noexcept {
    asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

inline void write_port_long(std::uint16_t port, std::uint32_t value) noexcept {
    asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

inline std::uint8_t read_port(std::uint16_t port) noexcept {
    std::uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

/// Registers of the local APIC, as offsets from its base. Every core sees its own at the same address.
enum class apic : std::uintptr_t {
    id = 0x20,
    end_of_interrupt = 0xb0,
    spurious_vector = 0xf0,
    command_low = 0x300,
    command_high = 0x310,
    timer_vector = 0x320,
    timer_count = 0x380,
    timer_divider = 0x3e0
};

inline volatile std::uint32_t& apic_register(apic offset) noexcept {
    return device_register<std::uint32_t>(0xfee00000 + static_cast<std::uintptr_t>(offset));
}

/// Fills the interrupt table once and loads it on the calling core.
void load_interrupt_table() noexcept;

}  // namespace machine
