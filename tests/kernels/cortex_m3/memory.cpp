// Where RAM is: a microcontroller has no firmware to ask, its linker script knows. And one core.

#include "machine.hpp"

extern "C" unsigned char sram_free[], sram_end[], psram_begin[], psram_end[];

kernel::memory_map machine::find_memory() noexcept {
    kernel::memory_map map;
    map.add({address_of(sram_free), address_of(sram_end) - address_of(sram_free)});
    map.add({address_of(psram_begin), address_of(psram_end) - address_of(psram_begin)});
    return map;
}

unsigned machine::core_count() noexcept { return 1; }

unsigned machine::this_core() noexcept { return 0; }

void machine::start_cores(void (*)()) noexcept {}

void machine::relax() noexcept { asm volatile("yield"); }
