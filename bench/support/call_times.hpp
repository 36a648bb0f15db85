// How long single calls take: not asked, or counted in ticks of the processor for each call.
#pragma once

#include "support/operation.hpp"
#include "support/ticks.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// Leaves the calls alone. For throughput.
struct untimed {
    template <class Call>
    auto time(verb, Call&& call) {
        return call();
    }
};

/// Keeps the ticks of every call, in the order of the calls: those that take memory apart from those that put it back.
class tick_counts {
public:
    explicit tick_counts(std::size_t expected_calls) {
        takes_.reserve(expected_calls);
        puts_.reserve(expected_calls);
    }

    template <class Call>
    auto time(verb what, Call&& call) {
        const ending at_end{what == verb::deallocate ? puts_ : takes_};
        return call();
    }

    std::vector<std::uint32_t>& takes() { return takes_; }
    std::vector<std::uint32_t>& puts() { return puts_; }

private:
    /// Counts from its beginning to its end.
    class ending {
    public:
        explicit ending(std::vector<std::uint32_t>& calls) : calls_{calls} {}
        ending(const ending&) = delete;
        ending& operator=(const ending&) = delete;
        ~ending() {
            calls_.push_back(static_cast<std::uint32_t>(std::min<std::uint64_t>(ticks() - start_, UINT32_MAX)));
        }

    private:
        std::vector<std::uint32_t>& calls_;
        std::uint64_t start_ = ticks();
    };

    std::vector<std::uint32_t> takes_;
    std::vector<std::uint32_t> puts_;
};

/// Of each call the quicker of two passes over the same stream: what the machine did meanwhile is left out.
inline void keep_quicker(std::vector<std::uint32_t>& best, const std::vector<std::uint32_t>& next) {
    if (best.empty()) best = next;
    std::ranges::transform(best, next, best.begin(), [](auto a, auto b) { return std::min(a, b); });
}

}  // namespace bench
