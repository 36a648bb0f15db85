#include <allot/base/config.hpp>

#include "support/catch.hpp"

#include <type_traits>

namespace {

[[maybe_unused]] ALLOT_INLINE int inlined() { return 1; }
[[maybe_unused]] ALLOT_SHARED int shared() { return 4; }
[[maybe_unused]] ALLOT_PART int part() { return 8; }
ALLOT_COLD int cold() { return 2; }

}  // namespace

TEST_CASE("config: the test program is a hosted C++ with exceptions and RTTI") {
    STATIC_REQUIRE(ALLOT_HOSTED == 1);
    STATIC_REQUIRE(ALLOT_EXCEPTIONS == 1);
    STATIC_REQUIRE(ALLOT_RTTI == 1);
}

TEST_CASE("config: the version is three numbers") {
    STATIC_REQUIRE(std::is_same_v<decltype(ALLOT_VERSION_MAJOR), int>);
    STATIC_REQUIRE(std::is_same_v<decltype(ALLOT_VERSION_MINOR), int>);
    STATIC_REQUIRE(std::is_same_v<decltype(ALLOT_VERSION_PATCH), int>);
}

TEST_CASE("config: the attributes change no meaning, and a spin hint comes back") {
    CHECK(inlined() + cold() + shared() + part() == 15);
    for (int i = 0; i < 1000; ++i) allot::detail::cpu_relax();
}
