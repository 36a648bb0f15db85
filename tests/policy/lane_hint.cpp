#include <allot/policy/lane_hint.hpp>

#include "support/catch.hpp"

#include <array>
#include <thread>

TEST_CASE("lane_hint: a thread has the same stack window from call to call") {
    const std::size_t first = allot::detail::stack_window();
    CHECK(allot::detail::stack_window() - first + 1 <= 2);  // a frame may lie across the edge of a window
}

TEST_CASE("lane_hint: threads that run at the same time have windows of their own") {
    std::array<std::size_t, 2> seen{};
    std::thread other([&] { seen[1] = allot::detail::stack_window(); });
    seen[0] = allot::detail::stack_window();
    other.join();
    CHECK(seen[0] != seen[1]);
}
