// How one line of memory moves among the caches of up to 64 cores: the MESI protocol, with caches that never run full.
//
//              this core     the others            what passes between caches
//     read     invalid       modified by one       from_modified: its content, which both share from then on
//     read     invalid       clean                 from_clean
//     write    invalid       anything              taken: its content, and nobody else has it any more
//     write    shared        shared                upgraded: nobody else has it any more
//     any      else, or nobody has it              nothing
//
// Papamarcos and Patel, "A low-overhead coherence solution for multiprocessors with private cache memories", ISCA 1984.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace bench {

inline constexpr std::size_t most_cores = 64;
inline constexpr std::size_t line_bytes = 64;

enum class access_kind : unsigned char { read, write };

enum class line_state : unsigned char { invalid, shared, exclusive, modified };

/// What an access needs beyond the core's own cache.
enum class traffic : unsigned char { none, from_memory, from_clean, from_modified, taken, upgraded };

/// True where a core waits for another one's cache.
constexpr bool is_transfer(traffic seen) { return seen > traffic::from_memory; }

class coherent_line {
public:
    constexpr traffic access(std::size_t core, access_kind how) {
        return how == access_kind::read ? read(core) : write(core);
    }

    constexpr traffic read(std::size_t core) {
        if ((holders_ & bit_of(core)) != 0) return traffic::none;
        const traffic seen = holders_ == 0  ? traffic::from_memory
                             : is_modified_ ? traffic::from_modified
                                            : traffic::from_clean;
        holders_ |= bit_of(core);
        is_modified_ = false;
        return seen;
    }

    constexpr traffic write(std::size_t core) {
        const std::uint64_t others = holders_ & ~bit_of(core);
        const bool is_here = (holders_ & bit_of(core)) != 0;
        holders_ = bit_of(core);
        is_modified_ = true;
        if (others != 0) return is_here ? traffic::upgraded : traffic::taken;
        return is_here ? traffic::none : traffic::from_memory;
    }

    /// In the cache of one core.
    constexpr line_state state_in(std::size_t core) const {
        if ((holders_ & bit_of(core)) == 0) return line_state::invalid;
        if (is_modified_) return line_state::modified;
        return std::has_single_bit(holders_) ? line_state::exclusive : line_state::shared;
    }

private:
    static constexpr std::uint64_t bit_of(std::size_t core) { return std::uint64_t{1} << core; }

    std::uint64_t holders_ = 0;
    bool is_modified_ = false;  // then there is one holder
};

}  // namespace bench
