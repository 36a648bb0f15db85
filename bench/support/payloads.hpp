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
struct held_before {
    const void* payload;
    std::size_t kept;
};

/// Writes the first and the last byte: the lines that any user would touch, and little else.
struct touch_ends {
    static void filled(const slot& held, verb) {
        if (held.bytes == 0) return;
        held.payload[0] = std::byte{1};
        held.payload[held.bytes - 1] = std::byte{1};
    }
    static void resized(const slot& held, const held_before&) { filled(held, verb::reallocate); }
    static void leaving(const slot&) {}
};

/// As above, and counts how often a payload that grew went to another place, and what that copied.
struct count_moves : touch_ends {
    std::size_t resizes = 0;
    std::size_t moves = 0;
    std::size_t bytes_copied = 0;

    void resized(const slot& held, const held_before& old) {
        touch_ends::resized(held, old);
        ++resizes;
        if (held.payload == old.payload) return;
        ++moves;
        bytes_copied += old.kept;
    }
};

/// Writes every byte, so that every page of a payload is resident.
struct write_whole {
    static void filled(const slot& held, verb) { std::memset(held.payload, 1, held.bytes); }
    static void resized(const slot& held, const held_before&) { std::memset(held.payload, 1, held.bytes); }
    static void leaving(const slot&) {}
};

/// Gives every slot's payload a pattern of its own and throws `std::runtime_error` if it does not read back.
struct check_pattern {
    static void filled(const slot& held, verb how) {
        expect_aligned(held);
        if (how == verb::allocate_zeroed) expect(held, held.bytes, std::byte{0});
        write(held);
    }

    static void resized(const slot& held, const held_before& old) {
        expect_aligned(held);
        expect(held, old.kept, pattern(held));
        write(held);
    }

    static void leaving(const slot& held) { expect(held, held.bytes, pattern(held)); }

private:
    static std::byte pattern(const slot& held) {
        return static_cast<std::byte>(reinterpret_cast<std::uintptr_t>(&held) / sizeof(slot) % 251 + 1);
    }

    static void write(const slot& held) { std::memset(held.payload, std::to_integer<int>(pattern(held)), held.bytes); }

    /// An object smaller than its alignment asks for less: malloc may give 2 bytes anywhere.
    static void expect_aligned(const slot& held) {
        if (held.bytes < held.alignment && held.alignment <= alignof(std::max_align_t)) return;
        if (reinterpret_cast<std::uintptr_t>(held.payload) % held.alignment != 0) fail("is not aligned", held);
    }

    static void expect(const slot& held, std::size_t count, std::byte value) {
        const auto is_value = [value](std::byte each) { return each == value; };
        if (!std::ranges::all_of(std::span{held.payload, count}, is_value))
            fail("does not hold what was written", held);
    }

    [[noreturn]] static void fail(const std::string& what, const slot& held) {
        throw std::runtime_error{"a payload of " + std::to_string(held.bytes) + " bytes " + what};
    }
};

}  // namespace bench
