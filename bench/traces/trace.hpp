// An allocation trace: what one run of a real program asked of malloc, in the order in which it happened.
//
//     file   = header, blocks; a name that ends in .zst holds the same in one zstd frame with its checksum
//
//     header   8 bytes  magic "ALLOTTRC"
//              v        version, 1
//              v        length of the program's name, then its bytes
//              v v v    threads, payloads (ids ever handed out), events
//              8 bytes  XXH64 of all the bytes above
//     block    v        length, 1 to 65,536, then that many bytes of whole events
//              8 bytes  XXH64 of the block from its length on, seeded with the block's offset in the file
//
//     event    1 byte   low three bits: what; high five: log2 of the alignment asked for, 0: malloc's own
//              allocate 0, allocate_zeroed 1:  v bytes              the payload's id is the next free number
//              reallocate 2:                   v age, v bytes       the payload keeps its id
//              deallocate 3:                   v age
//              thread 4:                       v thread             of the events that follow, in every block anew
//
// v is an unsigned LEB128 varint; fixed numbers are little-endian. The age of a payload is the number of payloads
// allocated after it: small for most, which is what makes a trace small. Only successful calls are recorded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr std::string_view trace_magic = "ALLOTTRC";
inline constexpr std::uint64_t trace_version = 1;
inline constexpr std::size_t largest_block = 65'536;

enum class trace_verb : std::uint8_t { allocate, allocate_zeroed, reallocate, deallocate, thread };

/// Whether the event hands out a payload that was not there before.
constexpr bool is_new(trace_verb what) { return what == trace_verb::allocate || what == trace_verb::allocate_zeroed; }

struct trace_event {
    trace_verb what;
    std::uint8_t alignment_log2;  ///< 0: malloc's own
    std::uint32_t thread;
    std::uint32_t payload;  ///< its id: 0 for the first payload ever allocated, and so on
    std::uint64_t bytes;    ///< 0 for deallocate

    bool operator==(const trace_event&) const = default;
};

struct trace {
    std::string program;
    std::uint32_t threads = 1;
    std::uint32_t payloads = 0;
    std::vector<trace_event> events;

    bool operator==(const trace&) const = default;
};

/// Damage, at an offset of the bytes that were being decoded.
struct damaged_trace : std::runtime_error {
    damaged_trace(std::size_t at, const std::string& why) : std::runtime_error{why}, offset{at} {}
    std::size_t offset;
};

std::vector<std::byte> encode(const trace& recorded);

/// Throws `damaged_trace`.
trace decode(std::span<const std::byte> bytes);

/// Reads a whole trace, or throws `std::runtime_error` with one line: file, offset, reason.
trace read_trace(const std::filesystem::path& file);

/// Writes a whole trace, or throws `std::runtime_error` and leaves no file.
void write_trace(const trace& recorded, const std::filesystem::path& file);

}  // namespace bench
