// Threads that begin a job together, again and again, and how long each job took.
#pragma once

#include "support/ticks.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

/// A moment, or the time between two.
struct times {
    double wall_seconds = 0;
    double cpu_seconds = 0;  ///< of the whole process

    static times now() { return {bench::wall_seconds(), process_seconds()}; }
};

class crew {
public:
    /// What the thread of a number does.
    using job = std::function<void(std::size_t number)>;

    /// The threads are there, and wait, when this returns.
    explicit crew(std::size_t threads) : starts_(threads), ends_(threads), begin_{with_owner()}, end_{with_owner()} {
        for (std::size_t number = 0; number < threads; ++number) {
            threads_.emplace_back([this, number] { work(number); });
        }
        run([](std::size_t) {});
    }
    crew(const crew&) = delete;
    crew& operator=(const crew&) = delete;
    ~crew() { begin(nullptr); }

    std::size_t size() const { return starts_.size(); }

    void begin(job wanted) {
        job_ = std::move(wanted);
        working_ = size();
        begin_.arrive_and_wait();
    }

    bool is_working() const { return working_ != 0; }

    /// Waits for all; the time from the first start to the last end.
    times end() {
        end_.arrive_and_wait();
        const times first{std::ranges::min(starts_, {}, &times::wall_seconds)};
        const times last{std::ranges::max(ends_, {}, &times::wall_seconds)};
        return {last.wall_seconds - first.wall_seconds, last.cpu_seconds - first.cpu_seconds};
    }

    times run(job wanted) {
        begin(std::move(wanted));
        return end();
    }

private:
    std::ptrdiff_t with_owner() const { return static_cast<std::ptrdiff_t>(size()) + 1; }

    void work(std::size_t number) {
        for (;;) {
            begin_.arrive_and_wait();
            if (!job_) return;
            starts_[number] = times::now();
            job_(number);
            ends_[number] = times::now();
            --working_;
            end_.arrive_and_wait();
        }
    }

    std::vector<times> starts_;
    std::vector<times> ends_;
    std::barrier<> begin_;
    std::barrier<> end_;
    job job_;
    std::atomic<std::size_t> working_{0};
    std::vector<std::jthread> threads_;
};

}  // namespace bench
