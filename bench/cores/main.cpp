// allot_cores: cache-line transfers of small churn by simulated cores on one locked heap. Prints JSON.
//
//     allot_cores --lock core_local --cores 64 --foreign-every 8
//
// Exit code 1: a request failed, a payload lost its bytes, or the heap is not sound. 2: bad arguments.
#include "cores/churn_run.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <iostream>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::array<const char*, 3> verbs{"allocate", "deallocate", "write"};
constexpr std::array<const char*, 6> traffic_names{"none", "memory", "clean", "modified", "taken", "upgraded"};

nlohmann::json row_of(const named_transfers& each) {
    return {{"verb", verbs.at(static_cast<std::size_t>(each.kind.verb))},
            {"past_lane", each.kind.is_past_lane},
            {"foreign", each.kind.is_foreign},
            {"traffic", traffic_names.at(static_cast<std::size_t>(each.kind.seen))},
            {"part", each.part},
            {"offset", each.kind.offset},
            {"because_of", each.cause_part},
            {"because_offset", each.kind.cause_offset},
            {"same_word", each.kind.is_same_word},
            {"count", each.count}};
}

nlohmann::json report_of(const run_settings& wanted, const run_result& counted) {
    nlohmann::json told{{"lock", wanted.lock},
                        {"cores", wanted.cores},
                        {"foreign_every", wanted.churn.foreign_every},
                        {"pairs", wanted.pairs * wanted.cores},
                        {"calls", counted.counts.calls},
                        {"hits", counted.counts.hits},
                        {"foreign", counted.counts.foreign},
                        {"elsewhere", counted.counts.elsewhere},
                        {"hit_stores",
                         {{"shared_control_words", counted.to_control_block.to_words},
                          {"shared_control_lines", counted.to_control_block.to_lines},
                          {"shared_chunk_words", counted.to_chunks.to_words},
                          {"shared_chunk_lines", counted.to_chunks.to_lines}}},
                        {"transfers", nlohmann::json::array()}};
    for (const named_transfers& each : counted.transfers) told["transfers"].push_back(row_of(each));
    return told;
}

void add_options(CLI::App& app, run_settings& wanted) {
    const std::vector<std::string> locks(std::begin(observed_locks), std::end(observed_locks));
    app.add_option("--lock", wanted.lock)->required()->check(CLI::IsMember(locks));
    app.add_option("--cores", wanted.cores)->required()->check(CLI::Range(std::size_t{1}, most_cores));
    app.add_option("--foreign-every", wanted.churn.foreign_every, "one in so many objects is freed by the next core");
    app.add_option("--objects", wanted.churn.live_objects, "live objects of a core")->check(CLI::PositiveNumber);
    app.add_option("--pairs", wanted.pairs, "pairs of a core that are counted")->check(CLI::PositiveNumber);
    app.add_option("--seed", wanted.churn.seed);
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    bench::run_settings wanted;
    CLI::App app{"Cache-line transfers of small churn by simulated cores on one locked heap."};
    bench::add_options(app, wanted);
    try {
        app.parse(count, arguments);
        std::cout << bench::report_of(wanted, bench::run_churn(wanted)).dump(1) << '\n';
        return 0;
    } catch (const CLI::ParseError& wrong) {
        return app.exit(wrong) == 0 ? 0 : 2;
    } catch (const std::exception& wrong) {
        std::cerr << "allot_cores: " << wrong.what() << '\n';
        return 1;
    }
}
