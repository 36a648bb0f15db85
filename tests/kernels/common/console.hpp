// Text on the serial port: print("found ", kib{bytes}, " at ", hex{base}, "\n").
#pragma once

#include "machine.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace kernel {

/// An address, in as many digits as the machine's addresses have.
struct hex {
    std::uintptr_t value;
};

/// A number of bytes, in KiB.
struct kib {
    std::size_t bytes;
};

/// A number, right-aligned in `width` characters.
struct column {
    std::size_t value;
    std::size_t width;
};

/// A text, filled up with blanks to `width` characters.
struct label {
    const char* text;
    std::size_t width;
};

inline void put(char character) noexcept { machine::put_character(character); }

inline void put(const char* text) noexcept {
    while (*text != '\0') put(*text++);
}

inline void put_blanks(std::size_t count) noexcept {
    while (count-- > 0) put(' ');
}

/// Digits in groups of three; a blank on the left where a short number leaves its column empty.
inline void put(column number) noexcept {
    char text[32];
    std::size_t characters = 0;
    std::size_t digits = 0;
    do {
        if (digits != 0 && digits % 3 == 0) text[characters++] = ',';
        text[characters++] = static_cast<char>('0' + number.value % 10);
        ++digits;
    } while ((number.value /= 10) != 0);
    if (characters < number.width) put_blanks(number.width - characters);
    while (characters > 0) put(text[--characters]);
}

template <std::unsigned_integral Number>
void put(Number value) noexcept {
    put(column{static_cast<std::size_t>(value), 0});
}

inline void put(hex address) noexcept {
    put("0x");
    for (unsigned shift = sizeof(std::uintptr_t) * 8; shift != 0;) {
        shift -= 4;
        put("0123456789abcdef"[address.value >> shift & 0xf]);
    }
}

inline void put(kib size) noexcept {
    put(column{size.bytes / 1024, 10});
    put(" KiB");
}

inline void put(label name) noexcept {
    std::size_t characters = 0;
    while (name.text[characters] != '\0') put(name.text[characters++]);
    if (characters < name.width) put_blanks(name.width - characters);
}

template <class... Parts>
void print(const Parts&... parts) noexcept {
    (put(parts), ...);
}

}  // namespace kernel
