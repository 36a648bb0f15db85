// allot_bench: one workload over one allocator, in a process of its own.
//
//     allot_bench --allocator=heap --workload=W4 [--scale=0.01] [--seed=1] [--benchmark_out=FILE ...]
#include "support/region.hpp"
#include "workloads/workload.hpp"

#include <CLI/CLI.hpp>

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

/// What is left on the command line must be Google Benchmark's own.
void refuse_strangers(const CLI::App& app) {
    for (const std::string& left : app.remaining()) {
        if (!left.starts_with("--benchmark_")) throw CLI::ExtrasError{{left}};
    }
}

void run(const workload& chosen, const peer& allocator, const settings& how) {
    const std::string name = std::string{chosen.name} + '/' + std::string{allocator.name};
    benchmark::RegisterBenchmark(name.c_str(), [&](benchmark::State& state) { chosen.run(state, allocator, how); })
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
    benchmark::RunSpecifiedBenchmarks();
}

int main_of(int count, char** arguments) {
    settings how;
    std::string allocator_name;
    std::string workload_name;
    CLI::App app{"One workload over one allocator, in a process of its own."};
    app.allow_extras();  // Google Benchmark's own options
    app.add_option("--allocator", allocator_name)->required()->check(CLI::IsMember(peer_names()));
    app.add_option("--workload", workload_name)->required()->check(CLI::IsMember(workload_names()));
    app.add_option("--scale", how.scale, "share of the usual number of operations")->check(CLI::PositiveNumber);
    app.add_option("--seed", how.seed);
    try {
        app.parse(count, arguments);
        refuse_strangers(app);
    } catch (const CLI::ParseError& wrong) {
        if (wrong.get_exit_code() == 0) return app.exit(wrong);
        throw std::invalid_argument{wrong.what()};
    }
    const peer& allocator = find_peer(allocator_name);
    enter_process_of(allocator, arguments);
    use_small_pages();
    benchmark::Initialize(&count, arguments);
    run(find_workload(workload_name), allocator, how);
    return 0;
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    try {
        return bench::main_of(count, arguments);
    } catch (const std::exception& wrong) {
        std::cerr << "allot_bench: " << wrong.what() << '\n';
        return 2;
    }
}
