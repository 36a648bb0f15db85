#include <allot/base/bits.hpp>

#include "support/catch.hpp"

using namespace allot::detail;

TEST_CASE("bits: the highest and the lowest of every value with one, two and all bits") {
    for (unsigned high = 0; high < word_bits; ++high) {
        const std::size_t top = std::size_t{1} << high;
        CHECK(highest_bit(top) == high);
        CHECK(lowest_bit(top) == high);
        CHECK(highest_bit(top | (top - 1)) == high);
        for (unsigned low = 0; low < high; ++low) {
            const std::size_t both = top | std::size_t{1} << low;
            CHECK(highest_bit(both) == high);
            CHECK(lowest_bit(both) == low);
        }
    }
}

TEST_CASE("bits: the ladder without an instruction agrees") {
    for (unsigned bit = 0; bit < word_bits; ++bit) {
        const std::size_t value = std::size_t{1} << bit;
        CHECK(highest_bit_by_halving(value) == bit);
        CHECK(highest_bit_by_halving(value | (value - 1)) == bit);
        CHECK(highest_bit_by_halving(value | 1) == bit);
    }
}

TEST_CASE("bits: both work in constant expressions") {
    STATIC_REQUIRE(highest_bit(0x50) == 6);
    STATIC_REQUIRE(lowest_bit(0x50) == 4);
    STATIC_REQUIRE(word_bits == sizeof(std::size_t) * 8);
}
