// How the workloads of several threads (W11 to W15) are measured: one heap, the same threads, one pass after the other.
//
//     fill, play     the memory resident meanwhile, at most: of the allocator alone, whose pages are all new
//     play           under the clock; what counts is the time from the first thread's start to the last one's end
//     play           a fifth of it, every call timed
//     clear
//
// With --check there is one pass, in which every payload is written whole and read back.
//
// A workload is a class of parts, one a thread:
//
//     Part::common               what the parts share; made from the number of threads
//     Part(common, number, seed)
//     fill(caller)               brings the objects that are there from the beginning
//     play(caller, pairs)        allocates so many objects, and frees about as many
//     clear(caller)              frees what is left
#pragma once

#include "support/caller.hpp"
#include "support/crew.hpp"
#include "support/quantiles.hpp"
#include "support/residence.hpp"
#include "support/watches.hpp"
#include "workloads/workload.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

/// The `common` of parts that share the heap alone.
struct nothing_shared {
    explicit nothing_shared(std::size_t) {}
};

template <class Part>
class thread_run {
public:
    thread_run(std::size_t threads, std::size_t pairs, std::uint64_t seed)
        : common_{threads}, pairs_{std::max<std::size_t>(pairs / threads, 1)}, counts_(threads), crew_{threads} {
        for (std::size_t number = 0; number < threads; ++number) parts_.emplace_back(common_, number, seed + number);
    }

    void measure(benchmark::State& state, const peer& chosen) {
        const std::size_t before = resident_bytes();
        const region memory{chosen.memory == memory_from::system ? 0 : region_bytes, residence::untouched};
        const auto heap = chosen.make(memory.bytes());
        weigh(state, *heap, before);
        time(state, *heap);
        time_calls(state, *heap);
        clear(*heap, ends_written{});
        state.counters["failures"] = static_cast<double>(total().failures);
        expect_all_well();
    }

    void check(benchmark::State& state, const peer& chosen) {
        const region memory{chosen.memory == memory_from::system ? 0 : region_bytes, residence::untouched};
        const auto heap = chosen.make(memory.bytes());
        begin(*heap, wholly_written{}, fill_and_play(pairs_));
        state.SetIterationTime(crew_.end().wall_seconds);
        if (!heap->is_sound()) throw std::runtime_error{"the allocator is not sound after the workload"};
        clear(*heap, wholly_written{});
        if (!heap->is_sound()) throw std::runtime_error{"the allocator is not sound when all is freed"};
        expect_all_well();
    }

private:
    static constexpr std::size_t region_bytes = 256 * mebibyte;

    static auto fill_and_play(std::size_t pairs) {
        return [pairs](Part& part, auto& calling) {
            part.fill(calling);
            part.play(calling, pairs);
        };
    }

    static auto play(std::size_t pairs) {
        return [pairs](Part& part, auto& calling) { part.play(calling, pairs); };
    }

    /// Has every thread do something with a caller of its own, under a watch of its own, and counts what it called.
    template <class Watch, class Job>
    void begin(allocator& heap, const Watch& watch, Job job) {
        crew_.begin([this, &heap, watch, job](std::size_t number) {
            caller<Watch> calling{heap, watch};
            job(parts_[number], calling);
            counts_[number] += calling.counts();
        });
    }

    /// The most memory resident above what was before, by looks at every millisecond, in MiB and over the most bytes live.
    void weigh(benchmark::State& state, allocator& heap, std::size_t before) {
        live_bytes live;
        std::size_t most = 0;
        begin(heap, live_counted{live}, fill_and_play(pairs_ / 4 + 1));
        while (crew_.is_working()) {
            most = std::max(most, resident_bytes());
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
        crew_.end();
        const auto own = static_cast<double>(std::max(most, resident_bytes()) - before);
        state.counters["MiB"] = own / static_cast<double>(mebibyte);
        state.counters["peak/live"] = own / static_cast<double>(live.most);
    }

    void time(benchmark::State& state, allocator& heap) {
        const call_counts before = total();
        begin(heap, ends_written{}, play(pairs_));
        const times passed = crew_.end();
        const call_counts after = total();
        const auto pairs = static_cast<double>(after.made - before.made);
        const auto elsewhere = static_cast<double>(after.freed_elsewhere - before.freed_elsewhere);
        state.SetIterationTime(passed.wall_seconds);
        state.SetItemsProcessed(static_cast<std::int64_t>(pairs));
        state.counters["M/s of CPU"] = pairs / passed.cpu_seconds / 1e6;
        state.counters["elsewhere %"] = 100 * elsewhere / static_cast<double>(after.freed - before.freed);
    }

    void time_calls(benchmark::State& state, allocator& heap) {
        const std::size_t pairs = pairs_ / 5 + 1;
        std::vector<std::vector<std::uint32_t>> ticks(crew_.size());
        crew_.run([&](std::size_t number) {
            caller<ends_timed> calling{heap, ends_timed{pairs}};
            parts_[number].play(calling, pairs);
            counts_[number] += calling.counts();
            ticks[number] = std::move(calling.watch().takes());
            std::ranges::copy(calling.watch().puts(), std::back_inserter(ticks[number]));
        });
        std::vector<std::uint32_t> of_all;
        for (const auto& each : ticks) std::ranges::copy(each, std::back_inserter(of_all));
        state.counters["p99.9 ns"] = quantile(of_all, 0.999) * nanoseconds_per_tick();
    }

    template <class Watch>
    void clear(allocator& heap, const Watch& watch) {
        begin(heap, watch, [](Part& part, auto& calling) { part.clear(calling); });
        crew_.end();
    }

    call_counts total() const {
        call_counts sum;
        for (const call_counts& each : counts_) sum += each;
        return sum;
    }

    void expect_all_well() const {
        const call_counts sum = total();
        if (sum.failures != 0) throw std::runtime_error{std::to_string(sum.failures) + " calls failed"};
        if (sum.made != sum.freed)
            throw std::runtime_error{std::to_string(sum.made - sum.freed) + " objects were lost"};
        if (sum.damaged != 0) throw std::runtime_error{std::to_string(sum.damaged) + " objects were damaged"};
    }

    typename Part::common common_;
    std::size_t pairs_;
    std::vector<call_counts> counts_;
    std::deque<Part> parts_;
    crew crew_;
};

/// The workload of those parts, so many pairs of calls by all threads together.
template <class Part>
measurement by_threads(std::size_t threads, double pairs) {
    return [threads, pairs](benchmark::State& state, const peer& chosen, const settings& how) {
        thread_run<Part> running{threads, how.scaled(pairs), how.seed};
        for (auto _ : state) how.aim == purpose::check ? running.check(state, chosen) : running.measure(state, chosen);
    };
}

}  // namespace bench
