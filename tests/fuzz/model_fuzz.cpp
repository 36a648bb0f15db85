// The model fuzz: many random lives of many heaps, each step held against a model (life.hpp).
//
//     model_fuzz --operations 1000000 --seed 7                     all configurations, an equal share each
//     model_fuzz --configuration compact_tiny --operations 10000   one
//     model_fuzz --replay script.txt                               what a failing run has printed
//
// Exit status: 0 sound, 1 a heap failed (its seed and a shrunken script are printed), 2 the command line is wrong.
#include "configuration.hpp"
#include "generator.hpp"
#include "life.hpp"
#include "shrink.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct settings {
    std::uint64_t seed = 1;
    std::uint64_t operations = 1'000'000;
    std::vector<std::string> configurations;
    std::string replayed;
    bool lists = false;
};

void live(const fuzz::configuration& config, std::uint64_t seed, std::uint64_t operations) {
    fuzz::progress_page& done = fuzz::progress();
    for (; done.operations_done < operations; ++done.episode) {
        fuzz::generator random(config, seed, done.episode);
        fuzz::life life(config, random.plan());
        for (done.operation = 0; done.operation < random.length(); ++done.operation, ++done.operations_done) {
            if (done.operations_done % 1024 == 0) fuzz::still_alive();
            life.apply(random.next());
        }
        life.end();
    }
}

/// The life that ended badly, up to the operation that it ended with.
fuzz::script script_of(const fuzz::configuration& config, std::uint64_t seed, std::uint64_t life, std::uint64_t last) {
    fuzz::generator random(config, seed, life);
    fuzz::script made{config.name, random.plan(), {}};
    for (std::uint64_t i = 0; i <= last && i < random.length(); ++i) made.operations.push_back(random.next());
    return made;
}

void report(const fuzz::configuration& config, std::uint64_t seed, const std::string& reason) {
    const fuzz::progress_page at = fuzz::progress();
    std::cout << "FAILED " << config.name << ": " << reason << "\n  seed " << seed << ", life " << at.episode
              << ", operation " << at.operation << " of it, " << at.operations_done
              << " operations before\n  shrinking ..." << std::endl;
    const fuzz::script whole = script_of(config, seed, at.episode, at.operation);
    const fuzz::script least = fuzz::shrink(whole, 60);
    const fuzz::outcome again = fuzz::replay(least);
    std::cout << "  " << least.operations.size() << " operations suffice ("
              << (again.is_sound ? "not repeatable!" : again.reason)
              << "); save these lines, run model_fuzz --replay FILE:\n"
              << least << std::flush;
}

bool run(const fuzz::configuration& config, std::uint64_t seed, std::uint64_t operations) {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    const fuzz::outcome end = fuzz::run_apart([&] { live(config, seed, operations); }, 300);
    if (!end.is_sound) {
        report(config, seed, end.reason);
        return false;
    }
    const fuzz::progress_page& done = fuzz::progress();
    std::printf("%-28s %10llu operations %8llu lives %9llu refused, %8llu compared %9llu inspections %7.1f s\n",
                config.name.c_str(), static_cast<unsigned long long>(done.operations_done),
                static_cast<unsigned long long>(done.episode), static_cast<unsigned long long>(done.refused_calls),
                static_cast<unsigned long long>(done.compared_refusals),
                static_cast<unsigned long long>(done.inspections),
                std::chrono::duration<double>(clock::now() - start).count());
    std::fflush(stdout);
    return true;
}

int run_all(const settings& chosen) {
    std::vector<fuzz::configuration> list;
    for (const fuzz::configuration& each : fuzz::configurations()) {
        const auto& names = chosen.configurations;
        if (names.empty() || std::find(names.begin(), names.end(), each.name) != names.end()) list.push_back(each);
    }
    std::cout << "seed " << chosen.seed << ", " << chosen.operations << " operations over " << list.size()
              << " configurations" << std::endl;
    const std::uint64_t share = (chosen.operations + list.size() - 1) / list.size();
    int status = 0;
    for (const fuzz::configuration& each : list) {
        if (!run(each, chosen.seed, share)) status = 1;
    }
    std::cout << (status == 0 ? "all sound" : "NOT SOUND") << ": seed " << chosen.seed << std::endl;
    return status;
}

int replay_file(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error(path + ": cannot be read");
    const fuzz::outcome end = fuzz::replay(fuzz::read_script(file, path));
    std::cout << (end.is_sound
                      ? "sound"
                      : "FAILED at operation " + std::to_string(fuzz::progress().operation) + ": " + end.reason)
              << std::endl;
    return end.is_sound ? 0 : 1;
}

std::string check_name(const std::string& name) {
    return fuzz::find_configuration(name) != nullptr ? "" : "no configuration is named " + name;
}

int list_configurations() {
    for (const fuzz::configuration& each : fuzz::configurations()) std::cout << each.name << '\n';
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    settings chosen;
    CLI::App app{"Random lives of heaps against a model"};
    app.add_option("--seed", chosen.seed, "what the lives are made from")->capture_default_str();
    app.add_option("--operations", chosen.operations, "in all")->capture_default_str()->check(CLI::PositiveNumber);
    app.add_option("--configuration", chosen.configurations, "one or more; default: all")->check(check_name);
    app.add_option("--replay", chosen.replayed, "a script that a failing run has printed");
    app.add_flag("--list", chosen.lists, "the names of the configurations");
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        if (chosen.lists) return list_configurations();
        return chosen.replayed.empty() ? run_all(chosen) : replay_file(chosen.replayed);
    } catch (const std::exception& error) {
        std::cerr << "model_fuzz: " << error.what() << '\n';
        return 2;
    }
}
