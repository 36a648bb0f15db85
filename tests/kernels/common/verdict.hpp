// How a kernel ends: one exit status a cause, which boot.sh reads from this file and CTest compares.
//
// Odd numbers, because QEMU's isa-debug-exit can give no others; none below 32, because QEMU itself ends with 0 after
// a reset and with 1 when it cannot start.
#pragma once

#include "console.hpp"

#include <cstddef>
#include <cstdint>

namespace kernel {

enum class verdict : unsigned {
    passed = 33,      // every stage held
    early = 35,       // a failure before the first stage: the boot code is at fault, not the heap
    stage = 37,       // a stage's own check did not hold
    payload = 39,     // the bytes of a payload changed while it was owned
    unsound = 41,     // verify() named a broken invariant
    corruption = 43,  // the heap reported a corruption
    exhausted = 45,   // a throwing operator new found no memory
    deadlock = 47,    // a handler asked for a lock that the code it interrupted holds
    trap = 49         // the processor refused: bad address, bad instruction, ...
};

/// False until the machine is up and the proof begins; what fails before that is verdict::early.
inline bool is_proving = false;

/// Lets one core speak: the others stop here for ever, so that reports do not mix and the first cause counts.
inline void be_the_only_one_to_end() noexcept {
    static std::uint32_t ending = 0;
    if (machine::fetch_add(ending, 1) == 0) return;
    for (;;) machine::relax();
}

[[noreturn]] inline void end_with(verdict result) noexcept {
    machine::finish(static_cast<unsigned>(is_proving ? result : verdict::early));
}

/// Says what went wrong, and where, and ends the machine with the status of `result`.
[[noreturn]] inline void fail(verdict result, const char* what, std::uintptr_t where) noexcept {
    be_the_only_one_to_end();
    print("\n\n!! ", what, "\n!! at ", hex{where}, ", seen by core ", machine::this_core(), "\n");
    end_with(result);
}

[[noreturn]] inline void fail(verdict result, const char* what, const void* where = nullptr) noexcept {
    fail(result, what, machine::address_of(where));
}

/// A stage's own check.
inline void expect(bool holds, const char* what) noexcept {
    if (!holds) fail(verdict::stage, what);
}

}  // namespace kernel
