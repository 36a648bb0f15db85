// What the recorder leaves for one process: a header, one record a call, a last record when the process ended well.
// Between recorder and packer on one machine only, so it is plain memory; what is kept is the trace (trace.hpp).
#pragma once

#include <cstdint>

namespace bench {

inline constexpr std::uint64_t raw_magic = 0x31474f4c544f4c41;  // "ALOTLOG1" in memory

struct raw_header {
    std::uint64_t magic;
    char program[56];
};

enum class raw_verb : std::uint8_t { allocate, allocate_zeroed, reallocate, deallocate, end };

struct raw_record {
    std::uint64_t old_payload;
    std::uint64_t payload;
    std::uint64_t bytes;
    std::uint32_t thread;
    raw_verb what;
    std::uint8_t alignment_log2;  ///< 0: malloc's own
    std::uint16_t unused;
};
static_assert(sizeof(raw_record) == 32);

}  // namespace bench
