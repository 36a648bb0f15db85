// Words, numbers and bytes, as a sink gets them.
#include <allot/diagnostics/sentence.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <string>

using namespace allot::detail;

namespace {

template <class... Parts>
std::string said(const Parts&... parts) {
    std::string text;
    const auto put = [&](char character) { text += character; };
    sentence say(put);
    say(parts...);
    return text;
}

}  // namespace

TEST_CASE("sentence: texts and numbers, one behind the other") {
    CHECK(said() == "");
    CHECK(said("") == "");
    CHECK(said("a chunk of ", std::size_t{112}, " bytes") == "a chunk of 112 bytes");
}

TEST_CASE("sentence: every number of digits") {
    for (std::size_t number = 1; number < SIZE_MAX / 10; number *= 10) {
        for (const std::size_t near : {number - 1, number, number + 1, number * 9})
            CHECK(said(near) == std::to_string(near));
    }
    CHECK(said(SIZE_MAX) == std::to_string(SIZE_MAX));
}

TEST_CASE("sentence: addresses without leading zeros") {
    CHECK(said(hexadecimal{0}) == "0x0");
    CHECK(said(hexadecimal{0x10}) == "0x10");
    CHECK(said(hexadecimal{0xabcdef}) == "0xabcdef");
    CHECK(said(hexadecimal{SIZE_MAX}) == "0x" + std::string(sizeof(std::size_t) * 2, 'f'));
}

TEST_CASE("sentence: one thing and many") {
    CHECK(said(counted{0, "chunk"}) == "0 chunks");
    CHECK(said(counted{1, "chunk"}) == "1 chunk");
    CHECK(said(counted{12, "region"}) == "12 regions");
}

TEST_CASE("sentence: a byte has two digits, or is a character that can be printed") {
    CHECK(said(byte_pair{0}, byte_pair{0x0a}, byte_pair{0xff}) == "000aff");
    CHECK(said(byte_character{'A'}, byte_character{' '}, byte_character{'~'}) == "A ~");
    CHECK(said(byte_character{0}, byte_character{'\n'}, byte_character{0x7f}, byte_character{0xff}) == "....");
}
