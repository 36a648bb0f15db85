#include <allot/adapters/reserved_pages.hpp>

#include "support/catch.hpp"

#include <cstdint>

namespace {

using allot::detail::page_granularity;
using allot::detail::page_holes;
using allot::detail::page_range;
using allot::detail::page_reservation;

constexpr bool has_reservations = page_reservation::bytes != 0;

page_range pages(std::uintptr_t first, std::size_t count, bool is_written = false) {
    return {first * page_granularity, count * page_granularity, is_written};
}

void check_equal(const page_range& found, const page_range& wanted) {
    CHECK(found.base == wanted.base);
    CHECK(found.bytes == wanted.bytes);
    CHECK(found.is_written == wanted.is_written);
}

}  // namespace

TEST_CASE("page_holes: what was put is taken once, by who needs no more than it has") {
    page_holes holes;
    CHECK(holes.take(1).bytes == 0);
    CHECK(holes.put(pages(100, 5, true)));
    CHECK(holes.take(6 * page_granularity).bytes == 0);
    check_equal(holes.take(5 * page_granularity), pages(100, 5, true));
    CHECK(holes.take(1).bytes == 0);
}

TEST_CASE("page_holes: a range takes in the holes that it touches on both sides, and no others") {
    page_holes holes;
    CHECK(holes.put(pages(100, 5)));
    CHECK(holes.put(pages(110, 5, true)));
    CHECK(holes.put(pages(116, 4)));
    check_equal(holes.merged(pages(105, 5)), pages(100, 15, true));
    check_equal(holes.merged(pages(200, 1)), pages(200, 1));
    check_equal(holes.take(1), pages(116, 4));
}

TEST_CASE("page_holes: a hole keeps the number of every page that a process can have") {
    page_holes holes;
    const std::uintptr_t last = UINTPTR_MAX / page_granularity >> (sizeof(void*) == 8 ? 14 : 0);
    CHECK(holes.put(pages(last, (std::size_t{1} << (sizeof(void*) == 8 ? 24 : 19)) - 1)));
    check_equal(holes.take(1), pages(last, (std::size_t{1} << (sizeof(void*) == 8 ? 24 : 19)) - 1));
}

TEST_CASE("page_holes: too many are refused") {
    page_holes holes;
    std::uintptr_t first = 1;
    while (holes.put(pages(first, 1))) first += 2;
    CHECK(first == 2 * 64 + 1);
    CHECK(holes.take(1).bytes == page_granularity);
    CHECK(holes.put(pages(first, 1)));
}

TEST_CASE("page_reservation: the limit goes up by what is taken, and down to what lies below it") {
    page_reservation reserved;
    CHECK(reserved.base() == 0);
    CHECK_FALSE(reserved.holds(0));
    REQUIRE(reserved.reserve() == has_reservations);
    if (!has_reservations) return;
    const page_range lower = reserved.take(page_granularity);
    const page_range upper = reserved.take(2 * page_granularity);
    CHECK(lower.base == reserved.base());
    CHECK(upper.base == lower.end());
    CHECK_FALSE(reserved.lower_to(lower));
    CHECK(reserved.lower_to(upper));
    CHECK(reserved.lower_to(lower));
    CHECK(reserved.take(page_reservation::bytes + 1).bytes == 0);
    CHECK(reserved.take(page_reservation::bytes).base == reserved.base());
    CHECK(reserved.take(1).bytes == 0);
}

TEST_CASE("page_reservation: holds its own addresses, from a multiple of the huge page, and is made once") {
    page_reservation reserved;
    REQUIRE(reserved.reserve() == has_reservations);
    if (!has_reservations) return;
    const std::uintptr_t base = reserved.base();
    CHECK(base % page_reservation::huge_page == 0);
    CHECK(reserved.holds(base));
    CHECK(reserved.holds(base + page_reservation::bytes - 1));
    CHECK_FALSE(reserved.holds(base - 1));
    CHECK_FALSE(reserved.holds(base + page_reservation::bytes));
    CHECK(reserved.reserve());
    CHECK(reserved.base() == base);
}
