// The closure: every state that a tiny heap can be in, whatever is done to it, for however long.
//
//     closure                 the heaps that close within half a minute
//     closure --all           all of them
//     closure --heap word_64  one
//
// Exit status: 0 all closed and sound, 1 not, 2 the command line is wrong.
#include "closure_move.hpp"
#include "closure_search.hpp"
#include "failure.hpp"

#include <CLI/CLI.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace fuzz {

std::string closure_move::text() const {
    static constexpr const char* names[] = {"allocate", "deallocate", "reallocate", "try_resize",
                                            "coalesce", "add_span",   "remove_span"};
    return std::string(names[static_cast<int>(kind)]) + " chunk " + std::to_string(which) + ", size " +
           std::to_string(size) + ", alignment " + std::to_string(aligned);
}

closure_way& shared_way() {
    static void* const page =
        mmap(nullptr, sizeof(closure_way), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) std::abort();
    return *static_cast<closure_way*>(page);
}

namespace {

template <class Word, allot::links Links, allot::coalescing Coalescing>
struct shape {
    using word = Word;

    struct traits : allot::default_traits {
        static constexpr std::size_t granule =
            sizeof(Word) == 2 && Coalescing == allot::coalescing::deferred ? 8 : 2 * sizeof(Word);
        static constexpr std::size_t exact_bin_limit = 4 * granule;
        static constexpr std::size_t bin_subdivision = 2;
        static constexpr std::size_t largest_chunk = 32 * granule;
        static constexpr std::size_t fit_probes = 2;
        static constexpr auto links = Links;
        static constexpr auto coalescing = Coalescing;
        static constexpr std::size_t cached_chunk_limit = 3 * granule;
        static constexpr std::size_t cached_bytes_limit = 5 * granule;

        static void on_corruption(const allot::corruption_report& report) noexcept {
            fail(std::string("the heap reports a corruption: ") + allot::describe(report).c_str());
        }
    };
};

constexpr auto immediate = allot::coalescing::immediate;
constexpr auto deferred = allot::coalescing::deferred;
constexpr auto word = allot::links::word;
constexpr auto compact = allot::links::compact;

struct closed_heap {
    const char* name;
    bool is_quick;
    span_row spans;
    closure_result (*search)(span_row spans, std::uint64_t most_states);
};

template <class Word, allot::links Links, allot::coalescing Coalescing>
closure_result search(span_row spans, std::uint64_t most_states) {
    return closure_search<shape<Word, Links, Coalescing>>(spans, most_states).run();
}

const std::vector<closed_heap>& heaps() {
    static const std::vector<closed_heap> all = {
#if SIZE_MAX > 0xFFFFFFFF  // words wider than an address make no sense
        {"word_64", true, {256, 1}, search<std::uint64_t, word, immediate>},
        {"compact_64", true, {176, 1}, search<std::uint64_t, compact, immediate>},
        {"word_64_deferred", true, {208, 1}, search<std::uint64_t, word, deferred>},
        {"compact_64_deferred", true, {128, 1}, search<std::uint64_t, compact, deferred>},
        {"compact_64_spans", true, {80, 2}, search<std::uint64_t, compact, immediate>},
        {"word_64_spans_deferred", true, {96, 2}, search<std::uint64_t, word, deferred>},
        {"word_64_large", false, {320, 1}, search<std::uint64_t, word, immediate>},
        {"compact_64_large", false, {208, 1}, search<std::uint64_t, compact, immediate>},
        {"word_64_deferred_large", false, {256, 1}, search<std::uint64_t, word, deferred>},
        {"compact_64_deferred_large", false, {144, 1}, search<std::uint64_t, compact, deferred>},
        {"word_64_spans_large", false, {144, 2}, search<std::uint64_t, word, immediate>},
#endif
        {"word_32", true, {136, 1}, search<std::uint32_t, word, immediate>},
        {"word_16_deferred", true, {56, 1}, search<std::uint16_t, word, deferred>},
        {"word_32_large", false, {144, 1}, search<std::uint32_t, word, immediate>},
        {"word_16_large", false, {72, 1}, search<std::uint16_t, word, immediate>},
        {"compact_32_large", false, {144, 1}, search<std::uint32_t, compact, immediate>},
        {"word_16_deferred_large", false, {64, 1}, search<std::uint16_t, word, deferred>},
    };
    return all;
}

struct settings {
    std::vector<std::string> names;
    std::uint64_t most_states = ~std::uint64_t{0};
    bool is_all = false;
    bool lists = false;
};

void tell_way(const std::string& name, const std::string& reason) {
    std::cout << "FAILED " << name << ": " << reason << "\n  after these moves:\n";
    const closure_way& way = shared_way();
    for (std::size_t i = way.length; i != 0; --i) std::cout << "    " << way.moves[i - 1].text() << '\n';
    std::cout << std::flush;
}

bool close(const closed_heap& heap, std::uint64_t most_states) {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    const auto work = [&] {
        const closure_result found = heap.search(heap.spans, most_states);
        const double seconds = std::chrono::duration<double>(clock::now() - start).count();
        std::printf("%-22s %10llu states %12llu edges  depth %3u  %7.1f s  %s\n", heap.name,
                    static_cast<unsigned long long>(found.states), static_cast<unsigned long long>(found.edges),
                    found.depth, seconds, found.is_closed ? "CLOSED" : "NOT CLOSED");
        std::fflush(stdout);
        if (!found.is_closed) fail("the frontier is not empty");
    };
    const outcome end = run_apart(work, 300);
    if (!end.is_sound) tell_way(heap.name, end.reason);
    return end.is_sound;
}

int run(const settings& chosen) {
    int status = 0;
    for (const closed_heap& heap : heaps()) {
        const bool is_named = std::find(chosen.names.begin(), chosen.names.end(), heap.name) != chosen.names.end();
        const bool is_due = chosen.names.empty() ? heap.is_quick || chosen.is_all : is_named;
        if (chosen.lists) std::cout << heap.name << '\n';
        else if (is_due && !close(heap, chosen.most_states)) status = 1;
    }
    return status;
}

std::string check_name(const std::string& name) {
    for (const closed_heap& heap : heaps()) {
        if (name == heap.name) return "";
    }
    return "no heap is named " + name;
}

}  // namespace
}  // namespace fuzz

int main(int count, char** arguments) {
    fuzz::settings chosen;
    CLI::App app{"Every reachable state of tiny heaps"};
    app.add_option("--heap", chosen.names, "one or more; default: those that close soon")->check(fuzz::check_name);
    app.add_option("--most-states", chosen.most_states, "give up beyond so many");
    app.add_flag("--all", chosen.is_all, "all heaps");
    app.add_flag("--list", chosen.lists, "their names");
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return fuzz::run(chosen);
}
