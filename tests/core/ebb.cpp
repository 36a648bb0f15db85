#include <allot/core/ebb.hpp>

#include "support/catch.hpp"

using allot::detail::ebb;

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

/// Gives back piece by piece until `left` is reached. How often that began a fall.
int fall_to(ebb& watched, std::size_t& owned, std::size_t left, std::size_t piece) {
    int begun = 0;
    while (owned > left) {
        owned -= piece;
        begun += watched.begins_with(piece, owned) ? 1 : 0;
    }
    return begun;
}

}  // namespace

TEST_CASE("ebb: an eighth less than there was is a fall, and it begins once") {
    ebb watched;
    std::size_t owned = 16 * mib;
    CHECK_FALSE(watched.begins_with(kib, owned));
    CHECK(fall_to(watched, owned, 14 * mib + kib, kib) == 0);
    CHECK_FALSE(watched.is_falling());
    CHECK_FALSE(watched.tells_of_fall());
    CHECK(fall_to(watched, owned, 14 * mib, kib) == 1);
    CHECK(watched.is_falling());
    CHECK(watched.tells_of_fall());
    CHECK_FALSE(watched.tells_of_fall());
    CHECK(fall_to(watched, owned, 0, kib) == 0);
    CHECK(watched.is_falling());
    CHECK(watched.tells_of_fall());
}

TEST_CASE("ebb: what is little in itself is no fall") {
    ebb watched;
    std::size_t owned = 300 * kib;
    CHECK_FALSE(watched.begins_with(16, owned));
    CHECK(fall_to(watched, owned, 45 * kib, 64) == 0);
    CHECK(fall_to(watched, owned, 44 * kib, 64) == 1);
}

TEST_CASE("ebb: it is over when as much came back as is owned and no more was lost, or when it rises") {
    ebb watched;
    std::size_t owned = 16 * mib;
    watched.begins_with(kib, owned);
    fall_to(watched, owned, 4 * mib, kib);
    REQUIRE(watched.is_falling());
    SECTION("steady") {
        for (std::size_t passed = 0; passed < 3 * mib; passed += kib) {
            watched.begins_with(kib, owned);
            REQUIRE(watched.is_falling());
        }
        for (std::size_t passed = 0; passed < 2 * mib; passed += kib) watched.begins_with(kib, owned);
        CHECK_FALSE(watched.is_falling());
    }
    SECTION("risen") {
        watched.begins_with(kib, 5 * mib);
        CHECK_FALSE(watched.is_falling());
    }
}
