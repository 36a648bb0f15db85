// One move in the life of a tiny heap, and the way that led somewhere, left for the parent process to read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace fuzz {

enum class move_kind : unsigned char { allocate, deallocate, reallocate, try_resize, coalesce, add_span, remove_span };

struct closure_move {
    move_kind kind;
    std::uint8_t which;    ///< the chunk in use, or the first span
    std::uint8_t size;     ///< in granules, or the number of spans
    std::uint8_t aligned;  ///< to so many granules

    std::string text() const;
};

/// The moves from the first state to the one at work, the last one first.
struct closure_way {
    static constexpr std::size_t most = 256;

    std::size_t length;
    closure_move moves[most];
};

/// In memory that outlives a child process.
closure_way& shared_way();

}  // namespace fuzz
