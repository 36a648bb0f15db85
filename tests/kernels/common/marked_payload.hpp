// One allocation that the kernel owns, painted from its first usable byte to its last with a pattern of its own: two
// payloads that overlap, or a heap that writes into a payload, cannot keep both patterns whole.
#pragma once

#include "verdict.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace kernel {

struct marked_payload {
    void* payload = nullptr;
    std::size_t bytes = 0;      // as requested: what a sized deallocate must name
    std::size_t alignment = 0;  // as requested
    std::size_t painted = 0;    // bytes that hold the pattern: at least `bytes`
    std::uintptr_t stamp = 0;   // makes the pattern this payload's own
    unsigned owner = 0;         // the core that allocated it
};

namespace pattern {

/// The whole words are compared as words; the shift in byte_of is their order in memory.
static_assert(std::endian::native == std::endian::little);

constexpr std::uintptr_t word_of(std::uintptr_t stamp, std::size_t index) noexcept {
    return (stamp + index) * static_cast<std::uintptr_t>(0x9e3779b97f4a7c15u);
}

constexpr unsigned char byte_of(std::uintptr_t stamp, std::size_t offset) noexcept {
    constexpr std::size_t word_bytes = sizeof(std::uintptr_t);
    return static_cast<unsigned char>(word_of(stamp, offset / word_bytes) >> offset % word_bytes * 8);
}

inline void paint(void* payload, std::size_t bytes, std::uintptr_t stamp) noexcept {
    auto* const words = static_cast<std::uintptr_t*>(payload);
    auto* const text = static_cast<unsigned char*>(payload);
    const std::size_t whole = bytes / sizeof(std::uintptr_t);
    for (std::size_t i = 0; i < whole; ++i) words[i] = word_of(stamp, i);
    for (std::size_t at = whole * sizeof(std::uintptr_t); at < bytes; ++at) text[at] = byte_of(stamp, at);
}

/// The first byte that differs, or null.
inline const void* find_damage(const void* payload, std::size_t bytes, std::uintptr_t stamp) noexcept {
    const auto* const words = static_cast<const std::uintptr_t*>(payload);
    const auto* const text = static_cast<const unsigned char*>(payload);
    const std::size_t whole = bytes / sizeof(std::uintptr_t);
    for (std::size_t i = 0; i < whole; ++i) {
        if (words[i] != word_of(stamp, i)) return words + i;
    }
    for (std::size_t at = whole * sizeof(std::uintptr_t); at < bytes; ++at) {
        if (text[at] != byte_of(stamp, at)) return text + at;
    }
    return nullptr;
}

inline const void* find_nonzero(const void* payload, std::size_t bytes) noexcept {
    const auto* const text = static_cast<const unsigned char*>(payload);
    for (std::size_t at = 0; at < bytes; ++at) {
        if (text[at] != 0) return text + at;
    }
    return nullptr;
}

}  // namespace pattern

/// Compares the first `bytes` of the payload with its pattern.
inline void check(const marked_payload& owned, std::size_t bytes) noexcept {
    const void* const damage = pattern::find_damage(owned.payload, bytes, owned.stamp);
    if (damage != nullptr) fail(verdict::payload, "a payload changed while it was owned", damage);
}

inline void check(const marked_payload& owned) noexcept { check(owned, owned.painted); }

/// What must hold for every payload that a heap hands out, then the pattern over all its usable bytes.
template <class Heap>
void paint(marked_payload& owned) noexcept {
    owned.painted = Heap::usable_size(owned.payload);
    if (machine::address_of(owned.payload) % owned.alignment != 0) {
        fail(verdict::stage, "a payload is not aligned as requested", owned.payload);
    }
    if (owned.painted < owned.bytes) fail(verdict::stage, "a payload is smaller than requested", owned.payload);
    pattern::paint(owned.payload, owned.painted, owned.stamp);
}

}  // namespace kernel
