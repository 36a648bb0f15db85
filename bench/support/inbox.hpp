// Objects on their way to the thread that frees them: as many as come.
#pragma once

#include "support/object.hpp"

#include <cstddef>
#include <mutex>
#include <vector>

namespace bench {

class inbox {
public:
    /// More than that seldom wait.
    static constexpr std::size_t usual = 8192;

    /// Leaves `objects` empty, with its room.
    void put(std::vector<object>& objects) {
        const std::scoped_lock lock{mutex_};
        objects_.insert(objects_.end(), objects.begin(), objects.end());
        objects.clear();
    }

    /// Into an empty vector, whose room stays here.
    void take_all(std::vector<object>& into) {
        const std::scoped_lock lock{mutex_};
        into.swap(objects_);
    }

private:
    std::mutex mutex_;
    std::vector<object> objects_ = room_for_objects(usual);
};

}  // namespace bench
