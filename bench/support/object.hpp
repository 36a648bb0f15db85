// What threads hand to each other: a payload that knows which thread made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

struct object {
    std::byte* payload = nullptr;
    std::uint32_t bytes = 0;
    std::uint32_t maker = 0;  ///< the number of a thread
};

/// An empty vector whose room is resident already, so that it does not show where an allocator's memory is measured.
inline std::vector<object> room_for_objects(std::size_t count) {
    std::vector<object> room(count);
    room.clear();
    return room;
}

}  // namespace bench
