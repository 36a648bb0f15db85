// allot_replay: one trace over one allocator, one measurement, in a process of its own; prints JSON.
//
//     allot_replay bench/traces/recorded/perl.trace.zst --allocator heap --measure speed
//     allot_replay --list          the allocators, as JSON
//
// Exit code 1: a payload was damaged, a call failed or the allocator is not sound. 2: bad trace or bad arguments.
#include "peers/peer_list.hpp"
#include "support/region.hpp"
#include "traces/measures.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <iostream>
#include <map>

namespace bench {
namespace {

using json = nlohmann::json;

json speed_of(const peer& chosen, const loaded_replay& played) {
    const speed found = measure_speed(chosen, played);
    return {{"operations_per_second", found.operations_per_second}, {"passes", found.passes}};
}

json pauses_of(const peer& chosen, const loaded_replay& played) {
    const pauses found = measure_pauses(chosen, played);
    return {{"median_ns", found.median_ns},
            {"p99_ns", found.p99_ns},
            {"p99.9_ns", found.p999_ns},
            {"largest_ns", found.largest_ns}};
}

json memory_of(const peer& chosen, const loaded_replay& played) {
    json timeline = json::array();
    std::size_t peak = 0;
    for (const memory_sample& each : measure_memory(chosen, played)) {
        timeline.push_back({each.operation, each.live_bytes, each.resident_bytes});
        peak = std::max(peak, each.resident_bytes);
    }
    return {{"peak_resident_bytes", peak}, {"timeline", timeline}};
}

json region_of(const peer& chosen, const loaded_replay& played) {
    if (chosen.memory != memory_from::region) throw std::invalid_argument{"region: this allocator has no region"};
    return {{"smallest_region_bytes", measure_region(chosen, played)}};
}

json check_of(const peer& chosen, const loaded_replay& played) {
    if (chosen.memory == memory_from::nowhere) throw std::invalid_argument{"check: the payloads of null overlap"};
    check(chosen, played);
    return {{"checked", true}};
}

using measure = json (*)(const peer&, const loaded_replay&);

const std::map<std::string, measure> measures{
    {"speed", speed_of}, {"pauses", pauses_of}, {"memory", memory_of}, {"region", region_of}, {"check", check_of},
};

struct command_line {
    std::string trace;
    std::string allocator;
    std::string measure;
    bool list = false;
};

void describe(CLI::App& app, command_line& wanted) {
    auto* const list = app.add_flag("--list", wanted.list, "print the allocators as JSON");
    app.add_option("trace", wanted.trace, "FILE.trace or FILE.trace.zst")->excludes(list);
    app.add_option("--allocator", wanted.allocator)->check(CLI::IsMember(peer_names()))->excludes(list);
    app.add_option("--measure", wanted.measure)->check(CLI::IsMember(measures))->excludes(list);
}

void require_all(const command_line& wanted) {
    if (wanted.trace.empty()) throw CLI::RequiredError{"trace"};
    if (wanted.allocator.empty()) throw CLI::RequiredError{"--allocator"};
    if (wanted.measure.empty()) throw CLI::RequiredError{"--measure"};
}

json measured(const command_line& wanted, const peer& chosen) {
    const loaded_replay played{wanted.trace};
    json result = measures.at(wanted.measure)(chosen, played);
    result.update({{"program", played.facts().program},
                   {"threads", played.facts().threads},
                   {"operations", played.facts().count},
                   {"peak_live_bytes", played.facts().peak_live_bytes}});
    return result;
}

int main_of(int count, char** arguments) {
    command_line wanted;
    CLI::App app{"One trace over one allocator, one measurement, in a process of its own; prints JSON."};
    describe(app, wanted);
    try {
        app.parse(count, arguments);
        if (wanted.list) return std::cout << json{{"allocators", peer_list()}}.dump(1) << '\n', 0;
        require_all(wanted);
    } catch (const CLI::ParseError& wrong) {
        if (wrong.get_exit_code() == 0) return app.exit(wrong);
        throw std::invalid_argument{wrong.what()};
    }
    const peer& chosen = find_peer(wanted.allocator);
    enter_process_of(chosen, arguments);
    use_small_pages();
    std::cout << measured(wanted, chosen).dump() << '\n';
    return 0;
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    try {
        return bench::main_of(count, arguments);
    } catch (const std::invalid_argument& wrong) {
        std::cerr << "allot_replay: " << wrong.what() << '\n';
        return 2;
    } catch (const std::exception& wrong) {
        std::cerr << "allot_replay: " << wrong.what() << '\n';
        return 1;
    }
}
