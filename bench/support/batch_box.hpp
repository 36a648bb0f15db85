// Whole batches of objects on their way to the thread that frees them: at most a few, so that no thread runs ahead.
#pragma once

#include "support/object.hpp"

#include <array>
#include <cstddef>
#include <mutex>
#include <vector>

namespace bench {

using batch = std::vector<object>;
inline constexpr std::size_t batch_objects = 1000;

class batch_box {
public:
    batch_box() {
        for (batch& each : batches_) each = room_for_objects(batch_objects);
    }

    /// Swaps the batch for an empty one; false, and nothing done, if the box is full.
    bool put(batch& full) {
        const std::scoped_lock lock{mutex_};
        if (count_ == batches_.size()) return false;
        full.swap(batches_[(first_ + count_++) % batches_.size()]);
        return true;
    }

    /// Swaps an empty batch for the oldest one; false, and nothing done, if there is none.
    bool take(batch& empty) {
        const std::scoped_lock lock{mutex_};
        if (count_ == 0) return false;
        empty.swap(batches_[first_]);
        first_ = (first_ + 1) % batches_.size();
        --count_;
        return true;
    }

private:
    std::mutex mutex_;
    std::array<batch, 4> batches_;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace bench
