// Quantiles of samples.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace bench {

/// The smallest sample that is at least as large as the share `q` of all. Reorders the samples; 0 if there is none.
template <class Sample>
double quantile(std::vector<Sample>& samples, double q) {
    if (samples.empty()) return 0;
    const auto count = static_cast<double>(samples.size());
    const auto rank = static_cast<std::ptrdiff_t>(std::clamp(std::ceil(q * count) - 1, 0.0, count - 1));
    std::nth_element(samples.begin(), samples.begin() + rank, samples.end());
    return static_cast<double>(samples[static_cast<std::size_t>(rank)]);
}

}  // namespace bench
