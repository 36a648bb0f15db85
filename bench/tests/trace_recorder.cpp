#include "scratch.hpp"
#include "test_programs.hpp"
#include "traces/pack.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using bench::scratch;
using bench::trace;
using bench::trace_event;
using bench::trace_verb;

namespace {

/// Runs the program under the recorder; the logs' names, the parent's first.
std::vector<std::string> record(const scratch& directory, const std::string& argument) {
    const std::string command = "ALLOT_TRACE_DIR=" + (directory / "").string() +
                                " LD_PRELOAD=" + bench::recorder_library + " " + bench::recorded_program + " " +
                                argument + " 2>/dev/null";
    if (std::system(("( " + command + " ) 2>/dev/null").c_str()) == -1) throw std::runtime_error{"no shell"};
    auto names = directory.names();
    std::ranges::sort(names, std::greater{},
                      [&](const std::string& name) { return file_size(directory / name.c_str()); });
    return names;
}

/// The events with sizes above a million, which the program alone asks for.
std::vector<trace_event> known_events(const trace& recorded) {
    std::vector<trace_event> known;
    for (const trace_event& each : recorded.events) {
        if (each.bytes > 1'000'000) known.push_back(each);
    }
    return known;
}

std::string text_of(const std::vector<trace_event>& events) {
    std::string text;
    for (const trace_event& each : events) {
        text += std::to_string(static_cast<int>(each.what)) + ' ' + std::to_string(each.alignment_log2) + ' ' +
                std::to_string(each.thread) + ' ' + std::to_string(each.bytes) + '\n';
    }
    return text;
}

const std::string in_parent =  // what, alignment, thread, bytes
    "0 0 0 1000001\n2 0 0 1000002\n1 0 0 1000005\n0 12 0 1000006\n0 6 0 1000064\n0 0 1 1000009\n";

bool is_freed(const trace& recorded, std::uint32_t payload) {
    return std::ranges::any_of(recorded.events, [payload](const trace_event& each) {
        return each.what == trace_verb::deallocate && each.payload == payload;
    });
}

}  // namespace

TEST_CASE("the recorder sees every call of both threads, and the child writes its own log", "[recorder]") {
    const scratch directory;
    const auto logs = record(directory, "to_the_end");
    REQUIRE(logs.size() == 2);
    const auto parent = bench::pack_log(directory / logs[0].c_str());
    REQUIRE(parent.recorded.program == "recorded_program");
    REQUIRE(parent.recorded.threads == 2);
    REQUIRE(text_of(known_events(parent.recorded)) == in_parent);
    for (const std::size_t known : {0U, 2U, 3U, 4U}) {
        REQUIRE(is_freed(parent.recorded, known_events(parent.recorded)[known].payload));
    }
    const auto child = bench::pack_log(directory / logs[1].c_str());
    REQUIRE(text_of(known_events(child.recorded)) == "0 0 0 1000007\n");
}

TEST_CASE("a program that leaves by _exit leaves a whole log", "[recorder]") {
    const scratch directory;
    const auto logs = record(directory, "at_once");
    REQUIRE(text_of(known_events(bench::pack_log(directory / logs[0].c_str()).recorded)) == in_parent);
}

TEST_CASE("the log of a killed program is refused", "[recorder]") {
    const scratch directory;
    record(directory, "killed");
    const auto names = directory.names();
    const auto is_refused = [&](const std::string& name) {
        try {
            bench::pack_log(directory / name.c_str());
        } catch (const std::runtime_error&) {
            return true;
        }
        return false;
    };
    REQUIRE(names.size() == 2);
    REQUIRE(std::ranges::count_if(names, is_refused) == 1);
}
