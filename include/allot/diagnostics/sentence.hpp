// Words, numbers and bytes through a sink that takes one `char` at a time.
//
//     sentence say(put_character);
//     say("a chunk of ", size, " bytes at ", hexadecimal{chunk}, "\n");       "a chunk of 112 bytes at 0x5581a0\n"
//
// Guarantees: constexpr if the sink is; no buffer, no recursion, a few words of stack; nothing is allocated.
#pragma once

#include <allot/base/bits.hpp>

#include <cstddef>

namespace allot::detail {

/// A number that is to be written as an address.
struct hexadecimal {
    std::size_t value;
};

/// A number of things: "1 chunk", "2 chunks".
struct counted {
    std::size_t number;
    const char* noun;
};

/// A byte, in hexadecimal or as a character; a dot for what is none.
struct byte_pair {
    unsigned char value;
};
struct byte_character {
    unsigned char value;
};

template <class Sink>
class sentence {
public:
    constexpr explicit sentence(Sink& sink) noexcept : sink_(sink) {}

    template <class... Parts>
    constexpr void operator()(const Parts&... parts) {
        (put(parts), ...);
    }

private:
    constexpr void put(const char* text) {
        for (; *text != '\0'; ++text) sink_(*text);
    }

    constexpr void put(std::size_t number) {
        std::size_t unit = 1;
        while (number / unit >= 10) unit *= 10;
        for (; unit != 0; unit /= 10) sink_(digit_of(number / unit % 10));
    }

    constexpr void put(hexadecimal address) {
        put("0x");
        unsigned shift = word_bits - 4;
        while (shift != 0 && address.value >> shift == 0) shift -= 4;
        for (;; shift -= 4) {
            sink_(digit_of(address.value >> shift & 15));
            if (shift == 0) return;
        }
    }

    constexpr void put(const counted& things) {
        put(things.number);
        (*this)(" ", things.noun, things.number == 1 ? "" : "s");
    }

    constexpr void put(byte_pair byte) {
        sink_(digit_of(byte.value / 16U));
        sink_(digit_of(byte.value % 16U));
    }

    constexpr void put(byte_character byte) {
        sink_(byte.value >= ' ' && byte.value <= '~' ? static_cast<char>(byte.value) : '.');
    }

    static constexpr char digit_of(std::size_t value) noexcept { return "0123456789abcdef"[value]; }

    Sink& sink_;
};

}  // namespace allot::detail
