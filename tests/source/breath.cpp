#include <allot/source/breath.hpp>

#include "support/catch.hpp"

#include <initializer_list>

using allot::detail::breath;

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

/// What is learnt of a heap whose callers own so much, one after the other.
std::size_t learnt_of(std::initializer_list<std::size_t> levels) {
    breath seen;
    for (const std::size_t each : levels) seen.note(1, each);
    return seen.bytes();
}

}  // namespace

TEST_CASE("breath: nothing is learnt of a heap that only grows, or only shrinks") {
    CHECK(learnt_of({mib, 2 * mib, 40 * mib}) == 0);
    CHECK(learnt_of({40 * mib, 30 * mib, 10 * mib, 0}) == 0);
    CHECK(learnt_of({}) == 0);
}

TEST_CASE("breath: it is the way down or the way up again, whichever is shorter") {
    CHECK(learnt_of({10 * mib, 4 * mib, 10 * mib}) == 6 * mib);
    CHECK(learnt_of({10 * mib, 4 * mib, 30 * mib}) == 6 * mib);
    CHECK(learnt_of({10 * mib, 4 * mib, 7 * mib}) == 3 * mib);
    CHECK(learnt_of({10 * mib, 8 * mib, 6 * mib, 4 * mib, 6 * mib, 8 * mib, 10 * mib}) == 6 * mib);
}

TEST_CASE("breath: the largest of late counts") {
    CHECK(learnt_of({10 * mib, 4 * mib, 10 * mib, 8 * mib, 10 * mib}) == 6 * mib);
    CHECK(learnt_of({10 * mib, 8 * mib, 10 * mib, 4 * mib, 10 * mib}) == 6 * mib);
}

TEST_CASE("breath: less than an eighth of the highest, or than 256 KiB, turns nothing") {
    CHECK(learnt_of({16 * mib, 14 * mib + 1, 16 * mib}) == 0);
    CHECK(learnt_of({16 * mib, 14 * mib, 16 * mib}) == 2 * mib);
    CHECK(learnt_of({16 * mib, 8 * mib, 10 * mib - 1}) == 0);
    CHECK(learnt_of({500 * kib, 244 * kib + 1, 500 * kib}) == 0);
    CHECK(learnt_of({500 * kib, 244 * kib, 500 * kib}) == 256 * kib);
}

TEST_CASE("breath: it counts half when sixteen times as much came back without another one") {
    breath seen;
    for (const std::size_t left : {10 * mib, 4 * mib, 10 * mib}) seen.note(1, left);
    for (std::size_t i = 0; i < 96; ++i) seen.note(mib, 10 * mib);
    CHECK(seen.bytes() == 6 * mib);
    seen.note(mib, 10 * mib);
    CHECK(seen.bytes() == 3 * mib);
    for (std::size_t i = 0; i < 40; ++i) seen.note(mib, 10 * mib);
    for (const std::size_t left : {4 * mib, 10 * mib}) seen.note(mib, left);
    CHECK(seen.bytes() == 6 * mib);
    for (std::size_t i = 0; i < 40; ++i) seen.note(20 * mib, 10 * mib);
    CHECK(seen.bytes() < 64 * kib);
}

TEST_CASE("breath: the largest heaps do not wrap") {
    constexpr std::size_t most = ~std::size_t{0};
    CHECK(learnt_of({most, most / 2, most - 1}) == most - 1 - most / 2);
    CHECK(learnt_of({most, most - most / 8, most}) == most / 8);
}

TEST_CASE("breath: however large it is, it is forgotten") {
    constexpr std::size_t most = ~std::size_t{0};
    breath seen;
    for (const std::size_t left : {most, most / 2, most}) seen.note(1, left);
    CHECK(seen.bytes() == most - most / 2);
    for (int i = 0; i < 3; ++i) seen.note(most / 2, most);
    CHECK(seen.bytes() == (most - most / 2) / 2);
    for (int i = 0; i < 1000; ++i) seen.note(most / 2, most);
    CHECK(seen.bytes() == 0);
}
