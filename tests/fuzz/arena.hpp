// The memory that regions are cut from, and the guard bytes everywhere else in it.
//
//     | guard | region | guard | region | region | guard |      all inside one mapping, forbidden stretches between
//
// Guarantees: at the same address in every run where the system allows, so that a seed means one life; a guard byte
// that has changed ends the run.
#pragma once

#include "memory_marks.hpp"
#include "pattern.hpp"

#include <cstddef>

namespace fuzz {

class arena {
public:
    static constexpr std::size_t most_bytes = std::size_t{64} << 20;
    static constexpr std::size_t margin = 4096;

    /// An arena of `bytes` bytes, full of guard bytes, `skew` bytes behind a large power of two.
    arena(std::size_t bytes, std::size_t skew);
    ~arena() { mark_defined(mapping(), mapping_bytes); }
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;

    std::size_t start() const { return start_; }
    std::size_t end() const { return start_ + bytes_; }
    std::size_t bytes() const { return bytes_; }

    static unsigned char* at(std::size_t address) { return mapping() + (address - base()); }

    /// Makes [from, to) memory that a heap may have.
    static void open(std::size_t from, std::size_t to) { mark_undefined(at(from), to - from); }

    /// Makes [from, to) memory that a heap must leave alone.
    static void close(std::size_t from, std::size_t to);

    /// Ends the run if a guard byte of the closed stretch [from, to) has changed. Looks at the ends of a long one.
    static void check_closed(std::size_t from, std::size_t to);

private:
    static constexpr std::size_t mapping_bytes = most_bytes + 2 * margin + 4096;
    static constexpr std::size_t looked_at = 4096;
    static constexpr std::size_t guard_key = 0;

    static unsigned char* mapping();
    static std::size_t base();
    static bool is_intact(std::size_t from, std::size_t to);

    std::size_t start_;
    std::size_t bytes_;
};

}  // namespace fuzz
