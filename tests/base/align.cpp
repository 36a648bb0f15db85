#include <allot/base/align.hpp>

#include "support/catch.hpp"

using namespace allot::detail;

TEST_CASE("align: powers of two") {
    STATIC_REQUIRE_FALSE(is_power_of_two(0));
    for (std::size_t value = 1; value != 0; value *= 2) {
        CHECK(is_power_of_two(value));
        CHECK(is_power_of_two(value + 1) == (value == 1));
        CHECK(is_power_of_two(value - 1) == (value == 2));
    }
    CHECK_FALSE(is_power_of_two(SIZE_MAX));
}

TEST_CASE("align: down, up and aligned agree with division") {
    for (std::size_t alignment = 1; alignment <= 64; alignment *= 2) {
        for (std::size_t value = 0; value < 300; ++value) {
            CHECK(align_down(value, alignment) == value / alignment * alignment);
            CHECK(align_up(value, alignment) == (value + alignment - 1) / alignment * alignment);
            CHECK(is_aligned(value, alignment) == (value % alignment == 0));
        }
    }
}

TEST_CASE("align: up wraps like any unsigned sum") {
    STATIC_REQUIRE(align_up(SIZE_MAX, 16) == 0);
    STATIC_REQUIRE(align_up(SIZE_MAX - 15, 16) == SIZE_MAX - 15);
    STATIC_REQUIRE(align_down(SIZE_MAX, 16) == SIZE_MAX - 15);
}
