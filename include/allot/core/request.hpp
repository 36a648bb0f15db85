// What a caller asks for, and what becomes of it, in numbers that cannot change places.
//
//     request { 100 bytes, aligned to 16 }          relocation { moved, from 0x2010, to 0x1010, 100 bytes to copy }
//
// Guarantees: plain data.
#pragma once

#include <allot/base/config.hpp>

#include <cstddef>

namespace allot::detail {

/// Payload bytes, and what the payload must be aligned to: a power of two, if the caller is right.
struct request {
    std::size_t bytes;
    std::size_t alignment;
};

/// A payload that is to be zero, and how many bytes of it, from its start on, may not be yet.
struct unzeroed {
    std::size_t payload = 0;
    std::size_t bytes = 0;
};

/// Where a reallocated payload goes, and what is left to do: copy `bytes` from `from` to `to` unless it `stayed`.
struct relocation {
    enum class outcome : unsigned char { failed, stayed, down, moved };

    outcome how = outcome::failed;
    bool has_due = false;  ///< more of what the source gave lies free now than is to be kept
    std::size_t from = 0;
    std::size_t to = 0;     ///< `none` if it failed
    std::size_t bytes = 0;  ///< the ranges may overlap

    constexpr bool must_copy() const noexcept { return how == outcome::down || how == outcome::moved; }
};

/// What became of a `try_resize`; `has_due` as above.
struct resized {
    bool is_done = false;
    bool has_due = false;
};

}  // namespace allot::detail
