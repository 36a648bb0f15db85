// The live objects of one thread, of which random ones are replaced.
#pragma once

#include "support/object.hpp"
#include "support/quick_random.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace bench {

class object_array {
public:
    template <class Draw>
    object_array(std::size_t count, std::uint64_t seed, Draw draw) : object_array{count, random{seed}, draw} {}

    template <class Caller>
    void fill(Caller& calling) {
        for (object& each : objects_) each = fresh(calling);
    }

    /// Replaces random ones. What becomes of the one that goes, `part_with` decides: it gets the object and its turn.
    template <class Caller, class PartWith>
    void replace(Caller& calling, std::size_t pairs, PartWith part_with) {
        for (std::size_t turn = 0; turn < pairs; ++turn) {
            object& chosen = objects_[dice_.below(objects_.size())];
            part_with(chosen, turn);
            chosen = fresh(calling);
        }
    }

    template <class Caller>
    void clear(Caller& calling) {
        for (object& each : objects_) calling.deallocate(std::exchange(each, object{}));
    }

private:
    template <class Draw>
    object_array(std::size_t count, random dice, Draw draw) : sizes_{dice, draw}, dice_{dice}, objects_(count) {}

    template <class Caller>
    object fresh(Caller& calling) {
        return calling.allocate(sizes_.any(dice_));
    }

    drawn_sizes sizes_;
    quick_random dice_;
    std::vector<object> objects_;
};

}  // namespace bench
