// What a benchmark does with a payload: how much of it is written, and whether that is read back.
#pragma once

#include "support/operation.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>

namespace bench {

struct slot {
    std::byte* payload = nullptr;
    std::uint32_t bytes = 0;
    std::uint32_t alignment = 0;
};

/// A payload before it was reallocated: where it was, and how many of its bytes are still there.
struct owned_before {
    const void* payload;
    std::size_t kept;
};

/// Writes the first and the last byte: the lines that any user would touch, and little else.
struct touch_ends {
    static void filled(const slot& owned, verb) {
        if (owned.bytes == 0) return;
        owned.payload[0] = std::byte{1};
        owned.payload[owned.bytes - 1] = std::byte{1};
    }
    static void resized(const slot& owned, const owned_before&) { filled(owned, verb::reallocate); }
    static void leaving(const slot&) {}
};

/// As above, and counts how often a payload that grew went to another place, and what that copied.
struct count_moves : touch_ends {
    std::size_t resizes = 0;
    std::size_t moves = 0;
    std::size_t bytes_copied = 0;

    void resized(const slot& owned, const owned_before& old) {
        touch_ends::resized(owned, old);
        ++resizes;
        if (owned.payload == old.payload) return;
        ++moves;
        bytes_copied += old.kept;
    }
};

/// Writes every byte, so that every page of a payload is resident.
struct write_whole {
    static void filled(const slot& owned, verb) { std::memset(owned.payload, 1, owned.bytes); }
    static void resized(const slot& owned, const owned_before&) { std::memset(owned.payload, 1, owned.bytes); }
    static void leaving(const slot&) {}
};

/// Gives every slot's payload a pattern of its own and throws `std::runtime_error` if it does not read back.
struct check_pattern {
    static void filled(const slot& owned, verb how) {
        expect_aligned(owned);
        if (how == verb::allocate_zeroed) expect(owned, owned.bytes, std::byte{0});
        write(owned);
    }

    static void resized(const slot& owned, const owned_before& old) {
        expect_aligned(owned);
        expect(owned, old.kept, pattern(owned));
        write(owned);
    }

    static void leaving(const slot& owned) { expect(owned, owned.bytes, pattern(owned)); }

private:
    static std::byte pattern(const slot& owned) {
        return static_cast<std::byte>(reinterpret_cast<std::uintptr_t>(&owned) / sizeof(slot) % 251 + 1);
    }

    static void write(const slot& owned) {
        std::memset(owned.payload, std::to_integer<int>(pattern(owned)), owned.bytes);
    }

    /// An object smaller than its alignment asks for less: malloc may give 2 bytes anywhere.
    static void expect_aligned(const slot& owned) {
        if (owned.bytes < owned.alignment && owned.alignment <= alignof(std::max_align_t)) return;
        if (reinterpret_cast<std::uintptr_t>(owned.payload) % owned.alignment != 0) fail("is not aligned", owned);
    }

    static void expect(const slot& owned, std::size_t count, std::byte value) {
        const auto is_value = [value](std::byte each) { return each == value; };
        if (!std::ranges::all_of(std::span{owned.payload, count}, is_value))
            fail("does not hold what was written", owned);
    }

    [[noreturn]] static void fail(const std::string& what, const slot& owned) {
        throw std::runtime_error{"a payload of " + std::to_string(owned.bytes) + " bytes " + what};
    }
};

}  // namespace bench
