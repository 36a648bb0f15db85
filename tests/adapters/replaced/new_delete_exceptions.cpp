// The new handler that throws, for operators that were compiled with exceptions.
#include "operators.hpp"
#include "support/catch.hpp"

#include <new>

namespace {

int handler_calls = 0;

template <class Exception>
void throw_one() {
    ++handler_calls;
    throw Exception();
}

struct stranger {};

// Installs a handler for a scope: the test framework must not meet it.
class handled {
public:
    explicit handled(std::new_handler handler) {
        handler_calls = 0;
        std::set_new_handler(handler);
    }
    ~handled() { std::set_new_handler(nullptr); }

    handled(const handled&) = delete;
    handled& operator=(const handled&) = delete;
};

// Not a constant to the compiler, which would rather warn about it.
std::size_t more_than_there_is() {
    static volatile std::size_t bytes = region_bytes * 2;
    return bytes;
}

}  // namespace

TEST_CASE("operator new: what the handler throws comes out of the throwing forms") {
    REQUIRE(operators_throw);
    {
        const handled scope(throw_one<std::bad_alloc>);
        CHECK_THROWS_AS(::operator new(more_than_there_is()), std::bad_alloc);
        CHECK_THROWS_AS(::operator new[](more_than_there_is()), std::bad_alloc);
    }
    {
        const handled scope(throw_one<stranger>);
        CHECK_THROWS_AS(::operator new (more_than_there_is(), std::align_val_t{64}), stranger);
        CHECK_THROWS_AS(::operator new[](more_than_there_is(), std::align_val_t{64}), stranger);
    }
    CHECK(handler_calls == 2);
}

TEST_CASE("operator new: what the handler throws stays inside the nothrow forms") {
    for (const std::new_handler handler : {&throw_one<std::bad_alloc>, &throw_one<stranger>}) {
        const handled scope(handler);
        CHECK(::operator new(more_than_there_is(), std::nothrow) == nullptr);
        CHECK(::operator new[](more_than_there_is(), std::nothrow) == nullptr);
        CHECK(::operator new (more_than_there_is(), std::align_val_t{64}, std::nothrow) == nullptr);
        CHECK(::operator new[](more_than_there_is(), std::align_val_t{64}, std::nothrow) == nullptr);
        CHECK(handler_calls == 4);
    }
}
