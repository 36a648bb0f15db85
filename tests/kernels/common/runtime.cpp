// What a kernel lacks because it is linked with no library but the compiler's own: std::nothrow, for the kernels that
// use it, and the three functions that the compiler may call behind one's back, which are all that allot needs.
//
// Words where both sides allow it, bytes elsewhere. Built with -fno-tree-loop-distribute-patterns, or the compiler
// would turn these loops into calls of the functions that they are.

#include <cstddef>
#include <cstdint>
#include <new>

const std::nothrow_t std::nothrow{};

namespace {

using word [[gnu::may_alias]] = std::uintptr_t;

bool is_word_aligned(const void* one, const void* other) noexcept {
    const auto both = reinterpret_cast<std::uintptr_t>(one) | reinterpret_cast<std::uintptr_t>(other);
    return both % sizeof(word) == 0;
}

}  // namespace

extern "C" void* memcpy(void* to, const void* from, std::size_t bytes) {
    std::size_t at = 0;
    if (is_word_aligned(to, from)) {
        const std::size_t words = bytes / sizeof(word);
        for (std::size_t i = 0; i < words; ++i) static_cast<word*>(to)[i] = static_cast<const word*>(from)[i];
        at = words * sizeof(word);
    }
    for (; at < bytes; ++at) static_cast<unsigned char*>(to)[at] = static_cast<const unsigned char*>(from)[at];
    return to;
}

/// Upwards when the target lies below, downwards when it lies above: no byte is overwritten before it is read.
extern "C" void* memmove(void* to, const void* from, std::size_t bytes) {
    if (reinterpret_cast<std::uintptr_t>(to) <= reinterpret_cast<std::uintptr_t>(from)) return memcpy(to, from, bytes);
    for (std::size_t at = bytes; at-- > 0;) {
        static_cast<unsigned char*>(to)[at] = static_cast<const unsigned char*>(from)[at];
    }
    return to;
}

extern "C" void* memset(void* to, int value, std::size_t bytes) {
    const auto byte = static_cast<unsigned char>(value);
    std::size_t at = 0;
    if (is_word_aligned(to, nullptr)) {
        const word filled = byte * (~word{0} / 0xff);
        const std::size_t words = bytes / sizeof(word);
        for (std::size_t i = 0; i < words; ++i) static_cast<word*>(to)[i] = filled;
        at = words * sizeof(word);
    }
    for (; at < bytes; ++at) static_cast<unsigned char*>(to)[at] = byte;
    return to;
}
