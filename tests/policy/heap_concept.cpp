// Who is a payload heap: the heaps of the library, the smallest one there can be, and nobody who lacks a verb.
#include <allot/policy/heap_concept.hpp>

#include <allot/locked_heap.hpp>

#include "support/catch.hpp"

#include <cstddef>

namespace {

/// The smallest model: it never has any memory.
struct empty_heap {
    struct traits_type {
        static void on_exhausted(std::size_t /*bytes*/) noexcept {}
    };
    static constexpr std::size_t default_alignment = 16;
    static constexpr std::size_t max_request = 0;

    static void* allocate(std::size_t /*bytes*/, std::size_t /*alignment*/) noexcept { return nullptr; }
    static void* allocate_zeroed(std::size_t /*bytes*/, std::size_t /*alignment*/) noexcept { return nullptr; }
    static void* reallocate(void* /*payload*/, std::size_t /*bytes*/, std::size_t /*alignment*/) noexcept {
        return nullptr;
    }
    static void deallocate(void* /*payload*/) noexcept {}
    static void deallocate(void* /*payload*/, std::size_t /*bytes*/, std::size_t /*alignment*/) noexcept {}
    static std::size_t usable_size(const void* /*payload*/) noexcept { return 0; }
};

struct throws : empty_heap {
    static void* allocate(std::size_t /*bytes*/, std::size_t /*alignment*/) { return nullptr; }
};
struct answers_bytes : empty_heap {
    static std::byte* allocate(std::size_t /*bytes*/, std::size_t /*alignment*/) noexcept { return nullptr; }
};
struct takes_no_size : empty_heap {
    static void deallocate(void* /*payload*/) noexcept {}
};
struct has_no_traits : empty_heap {
    using traits_type = int;
};

struct derived : allot::heap {};

}  // namespace

TEST_CASE("heap_concept: the heaps of the library and the smallest model have the verbs") {
    STATIC_REQUIRE(allot::payload_heap<allot::heap>);
    STATIC_REQUIRE(allot::payload_heap<allot::basic_heap<allot::bounded_traits>>);
    STATIC_REQUIRE(allot::payload_heap<allot::locked_heap<>>);
    STATIC_REQUIRE(allot::payload_heap<derived>);
    STATIC_REQUIRE(allot::payload_heap<empty_heap>);
}

TEST_CASE("heap_concept: who lacks a verb, or throws, is none") {
    STATIC_REQUIRE_FALSE(allot::payload_heap<int>);
    STATIC_REQUIRE_FALSE(allot::payload_heap<throws>);
    STATIC_REQUIRE_FALSE(allot::payload_heap<answers_bytes>);
    STATIC_REQUIRE_FALSE(allot::payload_heap<takes_no_size>);
    STATIC_REQUIRE_FALSE(allot::payload_heap<has_no_traits>);
}

TEST_CASE("heap_concept: a locked heap holds a basic_heap or what derives from one, and nothing else") {
    STATIC_REQUIRE(allot::unlocked_heap<allot::heap>);
    STATIC_REQUIRE(allot::unlocked_heap<derived>);
    STATIC_REQUIRE_FALSE(allot::unlocked_heap<empty_heap>);
    STATIC_REQUIRE_FALSE(allot::unlocked_heap<allot::locked_heap<>>);
    STATIC_REQUIRE_FALSE(allot::unlocked_heap<int>);
}
