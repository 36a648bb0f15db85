// Numbers that repeat: xorshift64*, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace allot_test {

class random_numbers {
public:
    explicit random_numbers(std::uint64_t seed) : state_(seed * 2654435761u + 1) {}

    /// A number below `limit`.
    std::size_t below(std::size_t limit) {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<std::size_t>((state_ * 2685821657736338717u >> 16) % limit);
    }

private:
    std::uint64_t state_;
};

}  // namespace allot_test
