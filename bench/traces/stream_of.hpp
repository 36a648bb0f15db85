// A trace as a stream of operations that the player can play.
#pragma once

#include "support/operation.hpp"
#include "traces/trace.hpp"

#include <cstddef>

namespace bench {

struct replay {
    stream operations;
    std::size_t peak_live_bytes = 0;  ///< most bytes requested and not yet given back
};

/// All threads' events in their recorded order; a slot is used again as soon as its payload is gone.
replay replay_of(const trace& recorded);

}  // namespace bench
