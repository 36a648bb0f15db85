// One step in the life of a heap, as plain numbers and as a line of text.
//
//     reallocate 17 300 64        the live payload number 17 (modulo their count), to 300 bytes, aligned to 64
//
// An operation names payloads and places by numbers that mean something in every state. So any part of a script is a
// script, and a failing one can be shrunk by leaving out lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace fuzz {

enum class verb : unsigned char {
    allocate,
    try_allocate,
    allocate_zeroed,
    deallocate,
    deallocate_sized,
    reallocate,
    try_resize,
    add_region,
    remove_region,
    coalesce
};

struct operation {
    verb what;
    std::uint32_t pick;  ///< which payload or place; its bits also decide what the source does
    std::size_t bytes;
    std::size_t alignment;  ///< of the region verbs: in which way the place is chosen
};

/// What a life starts from.
struct life_plan {
    std::size_t arena_bytes;
    std::uint64_t layout;  ///< seeds the places of regions
};

struct script {
    std::string configuration;
    life_plan plan;
    std::vector<operation> operations;
};

const char* name_of(verb what);

std::ostream& operator<<(std::ostream& out, const script& written);

/// Reads what `operator<<` wrote. Throws std::runtime_error naming the line and the reason.
script read_script(std::istream& in, const std::string& name);

}  // namespace fuzz
