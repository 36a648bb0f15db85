#include <allot/base/assert.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"

TEST_CASE("assert: a trap stops the program where it stands") {
    const std::string end = allot_test::end_of([] { allot::detail::trap(); });
    CHECK((end == "signal " + std::to_string(SIGILL) || end == "signal " + std::to_string(SIGTRAP)));
}
