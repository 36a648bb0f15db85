// What a locked heap shows to others while a call of somebody has let go of the lock: two callers, the second between
// any two locks of the first (two_callers.hpp).
//
//     dropped_lock --operations 100000 --seed 7          so many calls of the first in each configuration
//     dropped_lock --configuration compact_parts         one
//
// Exit status: 0 sound, 1 a heap failed (its seed, life and operation are printed), 2 the command line is wrong.
#include "failure.hpp"
#include "two_callers.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iomanip>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace fuzz;

struct dropping_lock {
    void lock() {
        if (is_held) fail("locked_heap: the lock was taken twice");
        is_held = true;
    }
    void unlock() {
        if (!is_held) fail("locked_heap: a lock was given back that was not held");
        is_held = false;
        two_callers::lock_was_dropped();
    }
    bool is_held = false;
};

// --- the heaps ------------------------------------------------------------------------------------------------------

struct looking : allot::default_traits {
    static constexpr std::size_t fit_looks = 32;
};
struct bounded : allot::bounded_traits {
    static constexpr std::size_t fit_looks = 0;
};
struct compact : allot::compact_traits {
    static constexpr std::size_t fit_looks = 32;
};
struct immediate : looking {
    static constexpr auto coalescing = allot::coalescing::immediate;
};
struct exhaustive : looking {
    static constexpr auto search = allot::fit_search::exhaustive;
};

template <class Base>
struct alone : failing_reports<Base> {};
template <class Base>
struct returning : failing_reports<Base> {
    using source = whole_spans;
    static constexpr std::size_t keep_free_bytes = 0;
};
template <class Base>
struct keeping : failing_reports<Base> {
    using source = whole_spans;
};
template <class Base>
struct in_parts : failing_reports<Base> {
    using source = span_parts;
};
template <class Base>
struct in_parts_returned : in_parts<Base> {
    static constexpr std::size_t keep_free_bytes = 0;
};

struct shared_heap {
    std::string name;
    promise promised;
    std::unique_ptr<any_heap> (*make)();
    bool has_source;
    bool gives_parts;
};

template <class Traits>
shared_heap share(std::string name) {
    using heap = allot::locked_heap<allot::basic_heap<Traits>, dropping_lock>;
    constexpr std::size_t looks = Traits::search == allot::fit_search::exhaustive ? ~std::size_t{0} : Traits::fit_looks;
    return {std::move(name), promise_of<heap>(looks),
            +[]() -> std::unique_ptr<any_heap> { return std::make_unique<heap_under_test<heap>>(); },
            !std::is_same_v<typename Traits::source, allot::no_source>,
            std::is_base_of_v<span_parts, typename Traits::source>};
}

template <class Base>
void share_all(std::vector<shared_heap>& list, const std::string& name) {
    list.push_back(share<alone<Base>>(name));
    list.push_back(share<returning<Base>>(name + "_whole"));
    list.push_back(share<keeping<Base>>(name + "_whole_kept"));
    list.push_back(share<in_parts_returned<Base>>(name + "_parts"));
    list.push_back(share<in_parts<Base>>(name + "_parts_kept"));
}

std::vector<shared_heap> shared_heaps() {
    std::vector<shared_heap> list;
    share_all<looking>(list, "default");
    share_all<bounded>(list, "bounded");
    share_all<compact>(list, "compact");
    share_all<immediate>(list, "immediate");
    share_all<exhaustive>(list, "exhaustive");
    return list;
}

// --- runs -----------------------------------------------------------------------------------------------------------

void live(const shared_heap& each, std::uint64_t seed, std::uint64_t operations) {
    constexpr std::uint64_t longest_life = 2000;
    for (progress_page& done = progress(); done.operations_done < operations; ++done.episode) {
        const std::uint64_t own_seed = seed * 1'000'003 + done.episode;
        page_supply supply(each.gives_parts, own_seed + 1);
        const std::unique_ptr<any_heap> heap = each.make();
        two_callers callers(*heap, each.promised, each.has_source ? &supply : nullptr, own_seed);
        const std::uint64_t length = std::min(longest_life, operations - done.operations_done);
        for (done.operation = 0; done.operation < length; ++done.operation, ++done.operations_done) callers.step();
        callers.end();
        still_alive();
    }
}

bool run(const shared_heap& each, std::uint64_t seed, std::uint64_t operations) {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    const outcome end = run_apart([&] { live(each, seed, operations); }, 120);
    const progress_page& done = progress();
    if (!end.is_sound) {
        std::cout << "FAILED " << each.name << ": " << end.reason << "\n  seed " << seed << ", life " << done.episode
                  << ", operation " << done.operation << " of it" << std::endl;
    } else {
        const double seconds = std::chrono::duration<double>(clock::now() - start).count();
        std::cout << std::left << std::setw(22) << each.name << std::right << std::setw(10) << done.operations_done
                  << " operations " << std::setw(6) << done.episode << " lives " << std::setw(9) << done.inspections
                  << " looks " << std::fixed << std::setprecision(1) << std::setw(6) << seconds << " s" << std::endl;
    }
    return end.is_sound;
}

int run_all(const std::vector<std::string>& names, std::uint64_t seed, std::uint64_t operations) {
    std::cout << "seed " << seed << ", " << operations << " operations a configuration" << std::endl;
    int status = 0;
    std::size_t runs = 0;
    for (const shared_heap& each : shared_heaps()) {
        if (!names.empty() && std::find(names.begin(), names.end(), each.name) == names.end()) continue;
        ++runs;
        if (!run(each, seed, operations)) status = 1;
    }
    if (runs == 0) return std::cout << "no configuration has this name" << std::endl, 2;
    std::cout << (status == 0 ? "all sound" : "NOT SOUND") << ": seed " << seed << std::endl;
    return status;
}

}  // namespace

int main(int count, char** arguments) {
    std::uint64_t seed = 1;
    std::uint64_t operations = 100'000;
    std::vector<std::string> names;
    CLI::App app{"Two callers of a locked heap, one between any two locks of the other"};
    app.add_option("--seed", seed, "what the lives are made from")->capture_default_str();
    app.add_option("--operations", operations, "of the first caller, in each configuration")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    app.add_option("--configuration", names, "one or more; default: all");
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return run_all(names, seed, operations);
}
