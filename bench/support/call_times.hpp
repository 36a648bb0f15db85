// How long single calls take: not asked, or counted in ticks of the processor for each call.
#pragma once

#include "support/operation.hpp"
#include "support/ticks.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace bench {

/// Leaves the calls alone. For throughput.
struct untimed {
    template <class Call>
    auto time(verb, Call&& call) {
        return call();
    }
};

/// Keeps the ticks of every call, in the order of the calls.
class tick_counts {
public:
    explicit tick_counts(std::size_t expected_calls) { calls_.reserve(expected_calls); }

    template <class Call>
    auto time(verb, Call&& call) {
        const ending at_end{calls_};
        return call();
    }

    std::vector<std::uint32_t>& ticks_of_calls() { return calls_; }

private:
    /// Counts from its beginning to its end.
    class ending {
    public:
        explicit ending(std::vector<std::uint32_t>& calls) : calls_{calls} {}
        ending(const ending&) = delete;
        ending& operator=(const ending&) = delete;
        ~ending() { calls_.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(ticks() - start_, UINT32_MAX))); }

    private:
        std::vector<std::uint32_t>& calls_;
        std::uint64_t start_ = ticks();
    };

    std::vector<std::uint32_t> calls_;
};

}  // namespace bench
