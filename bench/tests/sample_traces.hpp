// Traces for tests: a short one with every kind of event, and a long random one of several blocks.
#pragma once

#include "traces/trace.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace bench {

inline trace short_trace() {
    using enum trace_verb;
    trace made{"sample", 2, 3, {}};
    made.events = {
        {allocate, 0, 0, 0, 100},         {allocate_zeroed, 0, 0, 1, 0}, {reallocate, 0, 1, 0, 70'000},
        {allocate, 12, 1, 2, UINT32_MAX}, {deallocate, 0, 0, 1, 0},      {reallocate, 0, 0, 2, 1},
        {deallocate, 0, 0, 0, 0},
    };
    return made;
}

inline trace long_trace(std::uint32_t payloads) {
    std::mt19937 dice{1};
    trace made{"long", 3, payloads, {}};
    std::vector<std::uint32_t> live;
    for (std::uint32_t id = 0; id < payloads; ++id) {
        made.events.push_back({trace_verb::allocate, 0, id % 3, id, dice() % 5000});
        live.push_back(id);
        if (dice() % 3 == 0) continue;
        std::swap(live[dice() % live.size()], live.back());
        made.events.push_back({trace_verb::deallocate, 0, id % 2, live.back(), 0});
        live.pop_back();
    }
    return made;
}

}  // namespace bench
