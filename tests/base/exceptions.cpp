#include <allot/base/exceptions.hpp>

#include "support/catch.hpp"

#include <new>
#include <stdexcept>

TEST_CASE("exceptions: where they exist, failure is one") {
    CHECK_THROWS_AS(allot::detail::throw_or_trap<std::bad_alloc>(), std::bad_alloc);
    CHECK_THROWS_AS(allot::detail::throw_or_trap<std::bad_array_new_length>(), std::bad_array_new_length);
}

TEST_CASE("exceptions: a function is called once and what it throws is forgotten") {
    int calls = 0;
    allot::detail::call_swallowing_exceptions([&] { ++calls; });
    allot::detail::call_swallowing_exceptions([&] {
        ++calls;
        throw std::runtime_error("forgotten");
    });
    allot::detail::call_swallowing_exceptions([&] {
        ++calls;
        throw 7;
    });
    CHECK(calls == 3);
}
