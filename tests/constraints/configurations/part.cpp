// One part of a program, compiled with settings of its own.
#include "own_traits.hpp"

#include <allot/allot.hpp>

// Frees the payloads that it finds in the heap and leaves others for the next part to find.
bool ALLOT_TEST_PART(allot::basic_heap<ALLOT_TEST_TRAITS>& heap, void** found, std::size_t count) {
    for (std::size_t index = 0; index != count; ++index) {
        heap.deallocate(found[index]);
        found[index] = heap.allocate(24 * (index + 1), std::size_t{16} << index % 4);
        if (found[index] == nullptr) return false;
    }
    return static_cast<bool>(heap.verify());
}
