// Random numbers for streams: the same from the same seed, on every machine with the same standard library.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

namespace bench {

class random {
public:
    explicit random(std::uint64_t seed) : engine_{seed} {}

    /// Uniform in [low, high].
    std::uint32_t between(std::uint32_t low, std::uint32_t high) {
        return std::uniform_int_distribution<std::uint32_t>{low, high}(engine_);
    }

    std::uint32_t below(std::size_t end) { return between(0, static_cast<std::uint32_t>(end - 1)); }

    double unit() { return std::uniform_real_distribution<double>{}(engine_); }

    std::uint32_t log_normal(double median, double sigma, double low, double high) {
        const double drawn = std::lognormal_distribution<double>{std::log(median), sigma}(engine_);
        return static_cast<std::uint32_t>(std::clamp(drawn, low, high));
    }

    /// Density proportional to s^-1.5 on [low, high].
    std::uint32_t power_law(double low, double high) {
        const double most = 1 / std::sqrt(low);
        const double least = 1 / std::sqrt(high);
        const double root = most - unit() * (most - least);
        return static_cast<std::uint32_t>(std::clamp(1 / (root * root), low, high));
    }

private:
    std::mt19937_64 engine_;
};

/// The sizes of small objects, as most programs ask for most of the time.
inline std::uint32_t small_size(random& dice) { return dice.log_normal(48, 0.8, 8, 512); }

}  // namespace bench
