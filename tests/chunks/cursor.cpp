#include <allot/chunks/cursor.hpp>

#include "support/catch.hpp"

#include <type_traits>

using allot::detail::cursor;
using allot::detail::cursor_list;

TEST_CASE("cursor_list: a cursor within what became one chunk goes on behind it, any other stays") {
    cursor_list list;
    cursor below{100};
    cursor at_start{200};
    cursor within{240};
    cursor at_end{300};
    for (cursor* each : {&below, &at_start, &within, &at_end}) list.add(*each);
    list.move_behind(200, 300);
    CHECK(below.at == 100);
    CHECK(at_start.at == 200);
    CHECK(within.at == 300);
    CHECK(at_end.at == 300);
    list.move_behind(200, 400);
    CHECK(within.at == 400);
}

TEST_CASE("cursor_list: what was taken out is not moved, in whatever order they go") {
    cursor_list list;
    cursor first{10};
    cursor second{20};
    cursor third{30};
    for (cursor* each : {&first, &second, &third}) list.add(*each);
    list.remove(second);
    list.move_behind(0, 100);
    CHECK(first.at == 100);
    CHECK(second.at == 20);
    CHECK(third.at == 100);
    list.remove(third);
    list.remove(first);
    list.remove(first);  // it is gone: nothing happens
    list.move_behind(0, 200);
    CHECK(first.at == 100);
}

TEST_CASE("cursor_list: cleared it knows nobody, and who comes back to take out its cursor finds nothing") {
    cursor_list list;
    cursor lost{10};
    list.add(lost);
    list.clear();
    list.move_behind(0, 100);
    CHECK(lost.at == 10);
    list.remove(lost);
}

TEST_CASE("cursors_over: only a Memory that is walked in pieces pays for it") {
    struct plain {};
    struct walked {
        using walked_in_pieces = void;
    };
    STATIC_REQUIRE(std::is_empty_v<allot::detail::cursors_over<plain>>);
    STATIC_REQUIRE(std::is_same_v<allot::detail::cursors_over<walked>, cursor_list>);
}
