// The stream of W6: sizes with density s^-1.5 on 16 bytes to 1 MiB; random frees keep the live bytes at a level.
#pragma once

#include "support/live_set.hpp"
#include "support/operation.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

class mixed_stream {
public:
    mixed_stream(std::uint64_t seed, std::size_t level, double largest = 1 << 20)
        : dice_{seed}, level_{level}, largest_{largest} {}

    void raise_to(std::size_t level) { level_ = level; }

    /// Allocates up to the level.
    void fill(std::vector<operation>& into) {
        while (live_bytes_ < level_) into.push_back(allocate());
    }

    /// One more operation at the level.
    operation next() { return live_bytes_ < level_ ? allocate() : deallocate(); }

    void churn(std::size_t operations, std::vector<operation>& into) {
        into.reserve(into.size() + operations);
        for (std::size_t i = 0; i < operations; ++i) into.push_back(next());
    }

    std::size_t slots() const { return live_.slots(); }
    std::size_t live() const { return live_.size(); }
    std::size_t live_bytes() const { return live_bytes_; }

private:
    operation allocate() {
        const std::uint32_t bytes = dice_.power_law(16, largest_);
        const std::uint32_t slot = live_.add();
        if (slot == sizes_.size()) sizes_.push_back(0);
        sizes_[slot] = bytes;
        live_bytes_ += bytes;
        return {slot, bytes, verb::allocate, default_alignment_log2};
    }

    operation deallocate() {
        const std::uint32_t slot = live_.remove_any(dice_);
        live_bytes_ -= sizes_[slot];
        return {slot, 0, verb::deallocate, 0};
    }

    random dice_;
    live_set live_;
    std::vector<std::uint32_t> sizes_;
    std::size_t level_;
    double largest_;
    std::size_t live_bytes_ = 0;
};

}  // namespace bench
