#include "cores/coherence.hpp"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

using bench::access_kind;
using bench::coherent_line;
using bench::line_state;
using bench::traffic;
using enum bench::traffic;

namespace {

constexpr auto reads = access_kind::read;
constexpr auto writes = access_kind::write;

struct step {
    std::size_t core;
    access_kind how;
};

std::vector<traffic> seen_in(const std::vector<step>& steps) {
    coherent_line line;
    std::vector<traffic> seen;
    for (const step& each : steps) seen.push_back(line.access(each.core, each.how));
    return seen;
}

}  // namespace

TEST_CASE("a line that one core uses alone comes from memory once", "[coherence]") {
    CHECK(seen_in({{3, reads}, {3, writes}, {3, reads}, {3, writes}}) == std::vector{from_memory, none, none, none});
    CHECK(seen_in({{3, writes}, {3, reads}, {3, writes}}) == std::vector{from_memory, none, none});
}

TEST_CASE("two cores that write in turn take the line from each other at each write", "[coherence]") {
    CHECK(seen_in({{0, writes}, {1, writes}, {0, writes}, {1, writes}}) ==
          std::vector{from_memory, taken, taken, taken});
}

TEST_CASE("a word that one core writes and another reads costs two transfers a round", "[coherence]") {
    CHECK(seen_in({{0, writes}, {1, reads}, {0, writes}, {1, reads}}) ==
          std::vector{from_memory, from_modified, upgraded, from_modified});
}

TEST_CASE("readers share a line, each after one transfer", "[coherence]") {
    CHECK(seen_in({{0, reads}, {1, reads}, {2, reads}, {0, reads}, {1, reads}}) ==
          std::vector{from_memory, from_clean, from_clean, none, none});
    CHECK(seen_in({{0, writes}, {1, reads}, {2, reads}, {0, reads}}) ==
          std::vector{from_memory, from_modified, from_clean, none});
}

TEST_CASE("who writes what others share ends that at once for all", "[coherence]") {
    CHECK(seen_in({{0, reads}, {1, reads}, {2, reads}, {1, writes}, {0, reads}, {2, reads}, {63, writes}}) ==
          std::vector{from_memory, from_clean, from_clean, upgraded, from_modified, from_clean, taken});
}

TEST_CASE("a transfer is what another core's cache has to do with", "[coherence]") {
    CHECK_FALSE(is_transfer(none));
    CHECK_FALSE(is_transfer(from_memory));
    for (const traffic seen : {from_clean, from_modified, taken, upgraded}) CHECK(is_transfer(seen));
}

TEST_CASE("states are those of MESI, and no two cores have a modified line", "[coherence]") {
    coherent_line line;
    CHECK(line.state_in(0) == line_state::invalid);
    line.read(0);
    CHECK(line.state_in(0) == line_state::exclusive);
    line.write(0);
    CHECK(line.state_in(0) == line_state::modified);
    line.read(63);
    CHECK(line.state_in(0) == line_state::shared);
    CHECK(line.state_in(63) == line_state::shared);
    line.write(63);
    CHECK(line.state_in(0) == line_state::invalid);
    CHECK(line.state_in(63) == line_state::modified);
}
