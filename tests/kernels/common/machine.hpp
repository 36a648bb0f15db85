// The seam between the kernels and the machine that they boot on: what every architecture directory implements,
// and all that the stages know of it.
//
//     start.S -> kernel_main() -> stages -> finish(verdict)          common/ and scenarios/, the same everywhere
//                    |              |
//                find_memory()   put_character(), start_cores(), start_timer(), interrupts     <architecture>/
#pragma once

#include "memory_map.hpp"

#include <cstddef>
#include <cstdint>

namespace machine {

/// Architecture, board and how it boots, for the banner.
extern const char* const description;

/// One character to the serial port; returns when the port has taken it.
void put_character(char character) noexcept;

/// Ends the virtual machine; `status` becomes the exit status of QEMU. From any core, at any time.
[[noreturn]] void finish(unsigned status) noexcept;

/// The RAM that the machine reports, less the kernel's own image and whatever the machine still needs.
kernel::memory_map find_memory() noexcept;

/// Most cores that a kernel uses; further ones stay asleep.
inline constexpr unsigned max_cores = 4;
inline constexpr std::size_t stack_bytes = ALLOT_TEST_STACK_BYTES;  // from CMake, for start.S too

/// Cores that the machine has, at most max_cores.
unsigned core_count() noexcept;

/// 0 for the core that booted, then 1, 2, ...
unsigned this_core() noexcept;

/// Wakes every other core; each runs `work` once and sleeps for ever.
void start_cores(void (*work)()) noexcept;

/// Told to the processor by a core that only waits for another one.
void relax() noexcept;

/// Interrupts the calling core several thousand times a second; each time `tick` runs as the interrupt handler.
void start_timer(void (*tick)()) noexcept;

/// No handler runs on the calling core after this returns.
void stop_timer() noexcept;

/// The interrupt flag of the calling core: the `Interrupts` of allot::irq_safe.
struct interrupts {
    using state = std::uintptr_t;
    static state save_and_disable() noexcept;
    static void restore(state found) noexcept;
};

/// Adds to a word that cores and handlers share, and returns what it was. A machine without such an instruction has one core,
/// where it is enough that no handler comes between.
inline std::uint32_t fetch_add(std::uint32_t& word, std::uint32_t more) noexcept {
#if __GCC_ATOMIC_INT_LOCK_FREE == 2
    return __atomic_fetch_add(&word, more, __ATOMIC_ACQ_REL);
#else
    const auto found = interrupts::save_and_disable();
    const std::uint32_t before = word;
    word = before + more;
    interrupts::restore(found);
    return before;
#endif
}

/// A device register. The address comes from the machine's manual, so no object of the language lives there.
template <class Word>
volatile Word& device_register(std::uintptr_t address) noexcept {
    return *reinterpret_cast<volatile Word*>(address);
}

/// Memory that firmware or the linker put at a known address.
template <class T>
T* memory_at(std::uintptr_t address) noexcept {
    return reinterpret_cast<T*>(address);
}

inline std::uintptr_t address_of(const void* pointer) noexcept { return reinterpret_cast<std::uintptr_t>(pointer); }

}  // namespace machine

/// Written by each scenario; entered by the boot core with a stack and nothing else set up.
extern "C" [[noreturn]] void kernel_main();

/// One stack a core, used by start.S: core n starts at the end of the n-th.
extern "C" unsigned char core_stacks[machine::max_cores][machine::stack_bytes];
