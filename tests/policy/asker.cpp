#include <allot/policy/asker.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <deque>

using allot::detail::asker;
using allot::detail::asker_list;

namespace {

constexpr std::size_t least_stack = 4096;

/// How many marks at these distances go in before one is one too many.
int marks_until_recursion(std::size_t distance, int most) {
    asker_list list;
    std::deque<asker> marks;
    for (int i = 0; i < most; ++i) {
        marks.push_back({0x7000'0000 - static_cast<std::size_t>(i) * distance});
        if (!list.add(marks.back(), least_stack)) return i + 1;
    }
    return 0;
}

}  // namespace

TEST_CASE("asker_list: many callers on stacks side by side is no recursion, however many there are") {
    CHECK(marks_until_recursion(least_stack, 2000) == 0);
    CHECK(marks_until_recursion(5 * least_stack, 2000) == 0);
    asker_list list;
    std::deque<asker> marks;  // the last word of one stack and the first of the next, again and again
    for (std::size_t i = 0; i < 500; ++i) {
        marks.push_back({0x100000 + i * least_stack + (i % 2 == 0 ? least_stack - 8 : 8)});
        REQUIRE(list.add(marks.back(), least_stack));
    }
}

TEST_CASE("asker_list: marks that lie closer are on one stack, whichever way it grows") {
    CHECK(marks_until_recursion(300, 2000) == 3);
    CHECK(marks_until_recursion(2000, 2000) == 3);
    CHECK(marks_until_recursion(2100, 2000) == 4);
    CHECK(marks_until_recursion(3500, 2000) > 0);
    CHECK(marks_until_recursion(static_cast<std::size_t>(-300), 2000) == 3);
}

TEST_CASE("asker_list: who has left counts no more, and nobody does in the child of a fork") {
    asker_list list;
    asker first{1000}, second{1100}, third{1200}, fourth{1300};
    CHECK(list.add(first, least_stack));
    CHECK(list.add(second, least_stack));
    list.remove(first);
    CHECK(list.add(third, least_stack));
    list.remove(third);
    list.remove(second);
    CHECK(list.add(first, least_stack));
    CHECK(list.add(second, least_stack));
    CHECK_FALSE(list.add(third, least_stack));
    list.clear();
    CHECK(list.add(fourth, least_stack));
}
