// Where cores hand payloads to each other: each exchange leaves one payload in a box and takes out what lay there, so that
// a payload is freed, resized and compared by a core that did not allocate it.
//
//     core 0:  slot <--> [ box 17 ] <--> slot  :core 3
//
// The boxes have locks of their own: the lock under test does not guard its own witness.
#pragma once

#include "marked_payload.hpp"

#include <allot/policy/spin_lock.hpp>

#include <cstddef>
#include <cstdint>

namespace kernel {

class post_office {
public:
    static constexpr std::uint32_t box_count = 64;

    void exchange(marked_payload& slot, std::uint32_t number) noexcept {
        box& chosen = boxes_[number % box_count];
        const allot::lock_guard guard(chosen.door);
        const marked_payload taken = chosen.inside;
        chosen.inside = slot;
        slot = taken;
    }

    /// Calls take(payload&) for every payload that lies in a box. Pre: nobody exchanges any more.
    template <class Take>
    void empty(Take&& take) noexcept {
        for (box& opened : boxes_) {
            if (opened.inside.payload != nullptr) take(opened.inside);
        }
    }

private:
    struct box {
        allot::spin_lock door;
        marked_payload inside;
    };

    box boxes_[box_count] = {};
};

}  // namespace kernel
