// allot_bench: one workload over one allocator, in a process of its own.
//
//     allot_bench --allocator=heap --workload=W4 [--scale=0.01] [--seed=1] [--benchmark_out=FILE ...]
//     allot_bench --list           what there is, as JSON
//
// Exit code 1: a check failed. 2: bad arguments.
#include "peers/peer_list.hpp"
#include "support/region.hpp"
#include "workloads/workload.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <stdexcept>

namespace bench {
namespace {

std::vector<std::string> workload_names() {
    std::vector<std::string> names;
    for (const workload& each : all_workloads()) names.emplace_back(each.name);
    return names;
}

workload find_workload(const std::string& name) {
    const auto all = all_workloads();
    return *std::ranges::find(all, name, &workload::name);
}

std::vector<std::string_view> allocators_of(const workload& wanted) {
    std::vector<std::string_view> names;
    for (const peer& each : all_peers()) {
        if (can_run(wanted, each)) names.push_back(each.name);
    }
    return names;
}

void print_list() {
    nlohmann::json list{{"allocators", peer_list()}};
    for (const workload& each : all_workloads()) {
        list["workloads"].push_back({{"name", each.name}, {"title", each.title}, {"allocators", allocators_of(each)}});
    }
    std::cout << list.dump(1) << '\n';
}

/// What is left on the command line must be Google Benchmark's own.
void refuse_strangers(const CLI::App& app) {
    for (const std::string& left : app.remaining()) {
        if (!left.starts_with("--benchmark_")) throw CLI::ExtrasError{{left}};
    }
}

/// One iteration under the clock; what goes wrong in it comes out as an exception.
void run(const workload& chosen, const peer& allocator, const settings& how) {
    const std::string name = std::string{chosen.name} + '/' + std::string{allocator.name};
    std::string failure;
    const auto guarded = [&](benchmark::State& state) {
        try {
            chosen.run(state, allocator, how);
        } catch (const std::exception& wrong) {
            failure = wrong.what();
            state.SkipWithError(failure.c_str());
        }
    };
    auto* const registered =
        benchmark::RegisterBenchmark(name.c_str(), guarded)->Iterations(1)->Unit(benchmark::kMillisecond);
    if (chosen.needs == demand::threads) registered->UseManualTime();
    benchmark::RunSpecifiedBenchmarks();
    if (!failure.empty()) throw std::runtime_error{name + ": " + failure};
}

struct command_line {
    settings how;
    std::string allocator;
    std::string workload;
    bool list = false;
    bool check = false;
};

void describe(CLI::App& app, command_line& wanted) {
    app.allow_extras();  // Google Benchmark's own options
    auto* const list = app.add_flag("--list", wanted.list, "print the allocators and the workloads as JSON");
    app.add_option("--allocator", wanted.allocator)->check(CLI::IsMember(peer_names()))->excludes(list);
    app.add_option("--workload", wanted.workload)->check(CLI::IsMember(workload_names()))->excludes(list);
    app.add_option("--scale", wanted.how.scale, "share of the usual number of operations")->check(CLI::PositiveNumber);
    app.add_option("--seed", wanted.how.seed);
    app.add_flag("--check", wanted.check, "read every payload of a stream back and verify the allocator instead");
}

void require_names(const command_line& wanted) {
    if (wanted.allocator.empty()) throw CLI::RequiredError{"--allocator"};
    if (wanted.workload.empty()) throw CLI::RequiredError{"--workload"};
}

int main_of(int count, char** arguments) {
    command_line wanted;
    CLI::App app{"One workload over one allocator, in a process of its own."};
    describe(app, wanted);
    try {
        app.parse(count, arguments);
        refuse_strangers(app);
        if (wanted.list) return print_list(), 0;
        require_names(wanted);
    } catch (const CLI::ParseError& wrong) {
        if (wrong.get_exit_code() == 0) return app.exit(wrong);
        throw std::invalid_argument{wrong.what()};
    }
    if (wanted.check) wanted.how.aim = purpose::check;
    const workload chosen = find_workload(wanted.workload);
    const peer& allocator = find_peer(wanted.allocator);
    if (!can_run(chosen, allocator))
        throw std::invalid_argument{wanted.workload + " has no figure for " + wanted.allocator};
    enter_process_of(allocator, arguments);
    use_small_pages();
    benchmark::Initialize(&count, arguments);
    run(chosen, allocator, wanted.how);
    return 0;
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    try {
        return bench::main_of(count, arguments);
    } catch (const std::invalid_argument& wrong) {
        std::cerr << "allot_bench: " << wrong.what() << '\n';
        return 2;
    } catch (const std::exception& wrong) {
        std::cerr << "allot_bench: " << wrong.what() << '\n';
        return 1;
    }
}
