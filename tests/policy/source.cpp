#include <allot/policy/source.hpp>

#include "support/catch.hpp"

namespace {

struct bounded_source {
    explicit bounded_source(int limit) noexcept;
    static allot::memory_span acquire(std::size_t) noexcept;
    static void release(allot::memory_span) noexcept;
};

struct throwing_source {
    static allot::memory_span acquire(std::size_t);
    static void release(allot::memory_span) noexcept;
};

struct source_of_pointers {
    static void* acquire(std::size_t) noexcept;
    static void release(allot::memory_span) noexcept;
};

struct source_that_keeps {
    static allot::memory_span acquire(std::size_t) noexcept;
};

struct stateful_source {
    int calls = 0;
    allot::memory_span acquire(std::size_t) noexcept;
    void release(allot::memory_span) noexcept;
};

static_assert(allot::memory_source<allot::no_source>);
static_assert(allot::memory_source<stateful_source>);
static_assert(!allot::memory_source<bounded_source>);
static_assert(!allot::memory_source<throwing_source>);
static_assert(!allot::memory_source<source_of_pointers>);
static_assert(!allot::memory_source<source_that_keeps>);

static_assert(allot::no_source::acquire(1) == allot::memory_span{nullptr, 0});

}  // namespace

TEST_CASE("no_source: has nothing to give, whatever is asked for") {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, ~std::size_t{0}}) {
        CHECK(allot::no_source::acquire(bytes).base == nullptr);
    }
}

TEST_CASE("memory_span: equal spans have the same base and length") {
    char memory[2] = {};
    const allot::memory_span both{memory, 2};
    CHECK(both == allot::memory_span{memory, 2});
    CHECK_FALSE(both == allot::memory_span{memory, 1});
    CHECK_FALSE(both == allot::memory_span{memory + 1, 2});
}
