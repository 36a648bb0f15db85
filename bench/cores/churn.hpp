// W4 and W11 by simulated cores: each has some live small objects and replaces random ones of them.
#pragma once

#include "cores/simulation.hpp"
#include "support/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

struct churn_settings {
    std::size_t live_objects = 2000;  ///< of each core
    std::size_t foreign_every = 0;    ///< one in so many of the replaced objects is freed by the next core; 0: none
    std::uint64_t seed = 1;
};

/// One core's part.
class churning_core {
public:
    churning_core(simulation& cores, const churn_settings& settings, std::size_t number);

    /// To be called once, with the core that frees what this one hands over.
    void hand_to(churning_core& next) { next_ = &next; }

    void fill();
    void replace(std::size_t pairs);
    void clear();

    /// Requests that were not met, and payloads that did not keep their bytes.
    std::size_t failures() const { return failures_; }

private:
    static constexpr std::size_t known_sizes = 4096;

    std::size_t pick(std::size_t end);
    owned_payload fresh();
    void give_back(const owned_payload& owned);
    void free_inbox();
    std::byte mark() const { return static_cast<std::byte>(number_ + 1); }

    simulation& cores_;
    churn_settings settings_;
    std::size_t number_;
    churning_core* next_ = nullptr;
    std::vector<owned_payload> live_;
    std::vector<owned_payload> inbox_;
    std::array<std::uint32_t, known_sizes> sizes_{};
    std::uint64_t state_;
    std::size_t replaced_ = 0;
    std::size_t failures_ = 0;
};

}  // namespace bench
