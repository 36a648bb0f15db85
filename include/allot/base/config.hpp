// What the compiler and the target are. This floor holds the compiler `#if`s of all but adapters.
//
//   ALLOT_HOSTED        a hosted C++ implementation: <new> may throw, <memory_resource> exists
//   ALLOT_EXCEPTIONS    `throw` compiles
//   ALLOT_RTTI          `dynamic_cast` compiles
//   ALLOT_FORKS         a hosted program on a system with fork()
//   ALLOT_INLINE        a function of a hot path, inlined even where the optimiser hesitates
//   ALLOT_SHARED        the same with many callers: out of line where size counts
//   ALLOT_PART          inlined at -Os too: alone it would cost more code
//   ALLOT_APART         a part that is kept out of line, so that the way to it saves no registers; not where size counts
//   ALLOT_COLD          the same of one that is seldom run, away from the hot paths
//   ALLOT_COUNTS_SIZE   -Os: a way that is only faster than another is left out
//
// Guarantees: includes nothing but <version>; defines macros, a constant and two functions, no state.
#pragma once

#if __cplusplus < 202002L
#error "allot needs C++20: compile with -std=c++20 or later"
#endif

#include <version>

#define ALLOT_VERSION_MAJOR 0
#define ALLOT_VERSION_MINOR 1
#define ALLOT_VERSION_PATCH 0

#if __STDC_HOSTED__
#define ALLOT_HOSTED 1
#else
#define ALLOT_HOSTED 0
#endif

// A process may fork, and pthread_atfork says when.
#if __STDC_HOSTED__ && (defined(__linux__) || defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__))
#define ALLOT_FORKS 1
#else
#define ALLOT_FORKS 0
#endif

#if defined(__cpp_exceptions)
#define ALLOT_EXCEPTIONS 1
#else
#define ALLOT_EXCEPTIONS 0
#endif

#if defined(__cpp_rtti)
#define ALLOT_RTTI 1
#else
#define ALLOT_RTTI 0
#endif

#if defined(__OPTIMIZE__)
#define ALLOT_PART [[gnu::always_inline]] inline
#else
#define ALLOT_PART inline
#endif
#if defined(__OPTIMIZE__) && !defined(__OPTIMIZE_SIZE__)
#define ALLOT_INLINE [[gnu::always_inline]] inline
#define ALLOT_SHARED [[gnu::always_inline]] inline
#else
#define ALLOT_INLINE inline
#define ALLOT_SHARED [[gnu::noinline]]
#endif
#if defined(__OPTIMIZE_SIZE__)
#define ALLOT_APART
#define ALLOT_COLD [[gnu::cold]]
#define ALLOT_COUNTS_SIZE 1
#else
#define ALLOT_APART [[gnu::noinline]]
#define ALLOT_COLD [[gnu::noinline, gnu::cold]]
#define ALLOT_COUNTS_SIZE 0
#endif

namespace allot::detail {

/// What two cores that write side by side should not share.
inline constexpr unsigned cache_line_bytes = 64;

/// Tells the processor that this is a spin-wait loop. Costs no memory access; a no-op on unknown targets.
ALLOT_INLINE void cpu_relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 6)
    asm volatile("yield" ::: "memory");
#elif defined(__riscv)
    asm volatile(".insn i 0x0f, 0, x0, x0, 0x010" ::: "memory");  // pause (Zihintpause), a fence hint elsewhere
#elif defined(__powerpc__)
    asm volatile("or 27,27,27" ::: "memory");
#else
    asm volatile("" ::: "memory");
#endif
}

/// The same pointer, of which the compiler knows nothing: it stays in a register, and is not computed anew for each use.
template <class Object>
ALLOT_INLINE Object* computed_once(Object* pointer) noexcept {
    asm("" : "+r"(pointer));  // NOLINT(hicpp-no-assembler): an empty one, which alone hides a value from the optimiser
    return pointer;
}

}  // namespace allot::detail
