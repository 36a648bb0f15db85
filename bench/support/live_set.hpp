// Which slots of a stream in the making hold a payload.
#pragma once

#include "support/random.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

class live_set {
public:
    bool empty() const { return live_.empty(); }
    std::size_t size() const { return live_.size(); }

    /// Slots ever used.
    std::size_t slots() const { return slots_; }

    /// Puts a payload into a free slot, the last one freed first.
    std::uint32_t add() {
        if (free_.empty()) free_.push_back(slots_++);
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        live_.push_back(slot);
        return slot;
    }

    std::uint32_t any(random& dice) const { return live_[dice.below(live_.size())]; }

    std::uint32_t remove_any(random& dice) {
        std::uint32_t& chosen = live_[dice.below(live_.size())];
        const std::uint32_t slot = chosen;
        chosen = live_.back();
        live_.pop_back();
        free_.push_back(slot);
        return slot;
    }

private:
    std::vector<std::uint32_t> live_;
    std::vector<std::uint32_t> free_;
    std::uint32_t slots_ = 0;
};

}  // namespace bench
