// Turns the log of a recorded process into a trace: addresses become numbers, unpaired calls are left out.
#pragma once

#include "traces/trace.hpp"

#include <cstddef>
#include <filesystem>

namespace bench {

struct packed {
    trace recorded;
    std::size_t strangers = 0;  ///< payloads given back that the process had not been seen to take
    std::size_t too_large = 0;  ///< calls of 4 GiB and more
};

/// Throws `std::runtime_error` with one line: file, offset, reason.
packed pack_log(const std::filesystem::path& file);

}  // namespace bench
