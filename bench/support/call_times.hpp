// How long single calls take: not asked, or counted in ticks of the processor for each call.
#pragma once

#include "support/operation.hpp"
#include "support/ticks.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <sys/resource.h>

namespace bench {

/// Leaves the calls alone. For throughput.
struct untimed {
    template <class Call>
    auto time(verb, Call&& call) {
        return call();
    }
};

/// Keeps the ticks of every call, except of calls in which the thread was switched out.
class tick_counts {
public:
    explicit tick_counts(std::size_t expected_calls) {
        takes_.reserve(expected_calls);
        puts_.reserve(expected_calls);
    }

    template <class Call>
    auto time(verb what, Call&& call) {
        if constexpr (std::is_void_v<decltype(call())>) {
            const std::uint64_t start = ticks();
            call();
            keep(what, ticks() - start);
        } else {
            const std::uint64_t start = ticks();
            auto result = call();
            keep(what, ticks() - start);
            return result;
        }
    }

    /// All calls.
    std::vector<std::uint32_t> calls() const {
        std::vector<std::uint32_t> all{takes_};
        all.insert(all.end(), puts_.begin(), puts_.end());
        return all;
    }

    std::vector<std::uint32_t>& takes() { return takes_; }  ///< allocate, reallocate
    std::vector<std::uint32_t>& puts() { return puts_; }    ///< deallocate
    std::size_t dropped() const { return dropped_; }

private:
    static constexpr std::uint64_t suspicious = 20'000;  // a few microseconds: look whether it was a switch

    static long involuntary_switches() {
        rusage usage{};
        ::getrusage(RUSAGE_THREAD, &usage);
        return usage.ru_nivcsw;
    }

    void keep(verb what, std::uint64_t taken) {
        if (taken >= suspicious && was_switched_out()) return;
        auto& samples = what == verb::deallocate ? puts_ : takes_;
        samples.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(taken, UINT32_MAX)));
    }

    bool was_switched_out() {
        const long now = involuntary_switches();
        if (now == switches_) return false;
        switches_ = now;
        ++dropped_;
        return true;
    }

    std::vector<std::uint32_t> takes_;
    std::vector<std::uint32_t> puts_;
    long switches_ = involuntary_switches();
    std::size_t dropped_ = 0;
};

}  // namespace bench
