#include "shrink.hpp"

#include "configuration.hpp"
#include "life.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <stdexcept>

namespace fuzz {
namespace {

constexpr unsigned replay_patience = 20;

script without(const script& whole, std::size_t from, std::size_t to) {
    script part{whole.configuration, whole.plan, {}};
    const auto at = [&](std::size_t index) { return whole.operations.begin() + static_cast<std::ptrdiff_t>(index); };
    part.operations.assign(at(0), at(from));
    part.operations.insert(part.operations.end(), at(to), whole.operations.end());
    return part;
}

}  // namespace

outcome replay(const script& lived) {
    const configuration* config = find_configuration(lived.configuration);
    if (config == nullptr) throw std::runtime_error("no configuration is named " + lived.configuration);
    const auto work = [&] {
        life under_test(*config, lived.plan);
        for (const operation& step : lived.operations) {
            under_test.apply(step);
            ++progress().operation;
        }
        under_test.end();
    };
    return run_apart(work, replay_patience);
}

script shrink(script failing, double seconds) {
    using clock = std::chrono::steady_clock;
    const auto stop =
        clock::now() + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(seconds));
    for (std::size_t run = failing.operations.size() / 2; run != 0; run /= 2) {
        for (std::size_t from = 0; from < failing.operations.size() && clock::now() < stop;) {
            script shorter = without(failing, from, std::min(from + run, failing.operations.size()));
            if (replay(shorter).is_sound) from += run;
            else failing = std::move(shorter);
        }
    }
    return failing;
}

}  // namespace fuzz
