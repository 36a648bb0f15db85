#include <allot/base/errno_keeper.hpp>

#include "support/catch.hpp"

#include <cerrno>

TEST_CASE("errno_keeper: what happens to errno in its scope is undone at the end of it") {
    errno = EDOM;
    {
        const allot::detail::errno_keeper keeper;
        errno = ERANGE;
    }
    CHECK(errno == EDOM);
}
