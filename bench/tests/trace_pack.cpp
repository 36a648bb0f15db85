#include "scratch.hpp"
#include "traces/pack.hpp"
#include "traces/raw_log.hpp"
#include "traces/stream_of.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <string>

using bench::pack_log;
using bench::raw_record;
using bench::scratch;
using bench::trace_event;
using bench::trace_verb;
using enum bench::raw_verb;

namespace {

template <class Part>
std::string as_bytes(const Part& part) {
    return {reinterpret_cast<const char*>(&part), sizeof part};
}

std::string log_of(const std::vector<raw_record>& records) {
    bench::raw_header header{};
    header.magic = bench::raw_magic;
    std::strcpy(header.program, "sample");
    std::string bytes = as_bytes(header);
    for (const raw_record& each : records) bytes += as_bytes(each);
    return bytes;
}

constexpr raw_record last{0, 0, 0, 0, end, 0, 0};

bench::packed pack_of(const std::vector<raw_record>& records) {
    const scratch directory;
    directory.write("a.log", log_of(records));
    return pack_log(directory / "a.log");
}

}  // namespace

TEST_CASE("addresses become numbers in the order of allocation", "[pack]") {
    const auto made = pack_of({
        {0, 0x1000, 10, 0, allocate, 0, 0},
        {0, 0x2000, 20, 1, allocate_zeroed, 6, 0},
        {0x1000, 0x3000, 30, 0, reallocate, 0, 0},
        {0x2000, 0, 0, 0, deallocate, 0, 0},
        {0, 0x1000, 40, 0, allocate, 0, 0},
        last,
    });
    REQUIRE(made.recorded.program == "sample");
    REQUIRE(made.recorded.threads == 2);
    REQUIRE(made.recorded.payloads == 3);
    REQUIRE(made.recorded.events == std::vector<trace_event>{
                                        {trace_verb::allocate, 0, 0, 0, 10},
                                        {trace_verb::allocate_zeroed, 6, 1, 1, 20},
                                        {trace_verb::reallocate, 0, 0, 0, 30},
                                        {trace_verb::deallocate, 0, 0, 1, 0},
                                        {trace_verb::allocate, 0, 0, 2, 40},
                                    });
}

TEST_CASE("what the process took before it was recorded is left out and counted", "[pack]") {
    const auto made = pack_of({{0x5000, 0, 0, 0, deallocate, 0, 0}, {0x6000, 0x7000, 8, 0, reallocate, 0, 0}, last});
    REQUIRE(made.strangers == 1);
    REQUIRE(made.recorded.events == std::vector<trace_event>{{trace_verb::allocate, 0, 0, 0, 8}});
}

TEST_CASE("an address handed out twice was given back in between", "[pack]") {
    const auto made = pack_of({{0, 0x1000, 8, 0, allocate, 0, 0}, {0, 0x1000, 9, 0, allocate, 0, 0}, last});
    REQUIRE(made.recorded.events.size() == 3);
    REQUIRE(made.recorded.events[1] == trace_event{trace_verb::deallocate, 0, 0, 0, 0});
}

TEST_CASE("payloads of 4 GiB are left out and counted", "[pack]") {
    constexpr std::uint64_t huge = std::uint64_t{1} << 32;
    const auto made = pack_of({
        {0, 0x1000, huge, 0, allocate, 0, 0},
        {0x1000, 0, 0, 0, deallocate, 0, 0},
        {0, 0x2000, 8, 0, allocate, 0, 0},
        {0x2000, 0x9000, huge, 0, reallocate, 0, 0},
        last,
    });
    REQUIRE(made.too_large == 2);
    REQUIRE(made.recorded.events.size() == 2);
    REQUIRE(made.recorded.events[1].what == trace_verb::deallocate);
}

TEST_CASE("a log without an end, or with damage, is refused at its offset", "[pack]") {
    const scratch directory;
    directory.write("killed.log", log_of({{0, 0x1000, 8, 0, allocate, 0, 0}}));
    REQUIRE_THROWS_WITH(pack_log(directory / "killed.log"),
                        Catch::Contains("killed.log: offset 96: the log has no end"));
    directory.write("cut.log", log_of({{0, 0x1000, 8, 0, allocate, 0, 0}, last}).substr(0, 100));
    REQUIRE_THROWS_WITH(pack_log(directory / "cut.log"), Catch::Contains("cut.log: offset 96: the log has no end"));
    directory.write("odd.log", log_of({{0, 0, 0, 0, static_cast<bench::raw_verb>(9), 0, 0}}));
    REQUIRE_THROWS_WITH(pack_log(directory / "odd.log"), Catch::Contains("odd.log: offset 64: unknown record"));
    directory.write("text.log", "nothing of the kind");
    REQUIRE_THROWS_WITH(pack_log(directory / "text.log"), Catch::Contains("text.log: offset 0: not a log"));
}

TEST_CASE("a replay uses a slot again and knows the most bytes live", "[pack]") {
    const auto made = pack_of({
        {0, 0x1000, 100, 0, allocate, 0, 0},
        {0x1000, 0, 0, 0, deallocate, 0, 0},
        {0, 0x2000, 50, 0, allocate, 0, 0},
        {0x2000, 0x3000, 180, 0, reallocate, 0, 0},
        {0, 0x4000, 5, 0, allocate, 0, 0},
        {0x3000, 0x3000, 10, 0, reallocate, 0, 0},
        last,
    });
    const auto played = bench::replay_of(made.recorded);
    REQUIRE(played.operations.slots == 2);
    REQUIRE(played.peak_live_bytes == 185);
    REQUIRE(played.operations.timed[2].slot == 0);
}
