// The way from power-on to C++ on a Cortex-M3: the processor loads the stack pointer and the reset handler from the
// first two words of memory, and no assembly is needed. Source: Armv7-M Architecture Reference Manual (DDI 0403), B1.5.

#include "machine.hpp"

#include <cstdint>

alignas(8) unsigned char core_stacks[machine::max_cores][machine::stack_bytes];

extern "C" {
extern std::uint32_t data_begin[], data_end[], data_image[], bss_begin[], bss_end[];

[[noreturn]] void reset();
void fault();
void tick();
}

namespace {

using handler = void (*)();

union vector {
    const void* stack;
    handler entry;
};

/// Sixteen words: the stack, reset, NMI, the faults, ..., SysTick. Nothing else is ever enabled.
[[gnu::section(".vectors"), gnu::used]] constinit const vector vectors[16] = {
    {.stack = core_stacks[1]}, {.entry = reset}, {.entry = fault}, {.entry = fault}, {.entry = fault}, {.entry = fault},
    {.entry = fault},          {.entry = fault}, {.entry = fault}, {.entry = fault}, {.entry = fault}, {.entry = fault},
    {.entry = fault},          {.entry = fault}, {.entry = fault}, {.entry = tick},
};

constexpr std::uintptr_t configuration = 0xe000ed14;
constexpr std::uint32_t trap_misaligned = 1u << 3;
constexpr std::uint32_t trap_division_by_zero = 1u << 4;

}  // namespace

extern "C" void reset() {
    const std::uint32_t* from = data_image;
    for (std::uint32_t* to = data_begin; to != data_end; ++to) *to = *from++;
    for (std::uint32_t* to = bss_begin; to != bss_end; ++to) *to = 0;
    auto& control = machine::device_register<std::uint32_t>(configuration);
    control = control | trap_misaligned | trap_division_by_zero;
    kernel_main();
}
