#include <allot/memory/direct.hpp>

#include "support/catch.hpp"

#include <cstring>

using allot::direct_memory;

namespace {

struct three_words {
    alignas(direct_memory::word) unsigned char bytes[3 * sizeof(direct_memory::word)] = {};
    std::size_t address = direct_memory::address_of(bytes);
    std::size_t middle = address + sizeof(direct_memory::word);
};

constexpr unsigned half_bits = sizeof(direct_memory::half) * 8;

}  // namespace

TEST_CASE("direct_memory: an address is the number of a pointer, and back") {
    int object = 0;
    CHECK(direct_memory::pointer_to(direct_memory::address_of(&object)) == &object);
    CHECK(direct_memory::address_of(nullptr) == 0);
    CHECK(direct_memory::pointer_to(0) == nullptr);
}

TEST_CASE("direct_memory: a load returns what a store put there, and nothing beside it changes") {
    three_words memory;
    for (const direct_memory::word value :
         {direct_memory::word{0}, direct_memory::word{1}, ~direct_memory::word{0}, ~direct_memory::word{0} / 3}) {
        direct_memory::store(memory.middle, value);
        CHECK(direct_memory::load(memory.middle) == value);
        CHECK(direct_memory::load(memory.address) == 0);
        CHECK(direct_memory::load(memory.middle + sizeof value) == 0);
    }
}

TEST_CASE("direct_memory: the halves of a word are its low and its high bits, whatever the byte order") {
    three_words memory;
    direct_memory::store(memory.middle, direct_memory::word{0x1234} << half_bits | 0x5678);
    CHECK(direct_memory::load_low(memory.middle) == 0x5678);
    CHECK(direct_memory::load_high(memory.middle) == 0x1234);
    direct_memory::store_low(memory.middle, 0x9ABC);
    CHECK(direct_memory::load(memory.middle) == (direct_memory::word{0x1234} << half_bits | 0x9ABC));
    direct_memory::store_high(memory.middle, 0xDEF0);
    CHECK(direct_memory::load(memory.middle) == (direct_memory::word{0xDEF0} << half_bits | 0x9ABC));
    CHECK(direct_memory::load(memory.address) == 0);
}

TEST_CASE("direct_memory: a move copies between ranges that overlap, both ways") {
    unsigned char bytes[64];
    for (const std::size_t shift : {std::size_t{8}, std::size_t{16}}) {
        for (unsigned i = 0; i < 64; ++i) bytes[i] = static_cast<unsigned char>(i);
        const std::size_t base = direct_memory::address_of(bytes);
        direct_memory::move(base, base + shift, 40);
        for (unsigned i = 0; i < 40; ++i) REQUIRE(bytes[i] == i + shift);
        for (unsigned i = 0; i < 64; ++i) bytes[i] = static_cast<unsigned char>(i);
        direct_memory::move(base + shift, base, 40);
        for (unsigned i = 0; i < 40; ++i) REQUIRE(bytes[i + shift] == i);
    }
}

TEST_CASE("direct_memory: a word may have been an object of any type") {
    alignas(direct_memory::word) double object = 1.5;
    direct_memory::store(direct_memory::address_of(&object), 0);
    unsigned char bytes[sizeof object];
    std::memcpy(bytes, &object, sizeof object);
    CHECK(bytes[0] == 0);
    CHECK(sizeof(direct_memory::half) * 2 == sizeof(direct_memory::word));
}
