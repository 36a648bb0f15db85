// What the files of this directory share: the device tree, and the core-local interruptor (CLINT).
// Source: SiFive FU540-C000 manual, chapter 9; QEMU's virt board has the same at the same address.
#pragma once

#include <cstdint>

namespace machine {

/// Set by hart 0 before kernel_main().
extern const unsigned char* device_tree_blob;

inline constexpr std::uintptr_t clint = 0x02000000;
inline constexpr std::uintptr_t clint_compare = clint + 0x4000;  // 8 bytes a hart
inline constexpr std::uintptr_t clint_time = clint + 0xbff8;

}  // namespace machine
