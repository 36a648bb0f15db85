// Joins two parts that were compiled apart. Where they agree on the traits, they use one heap in turn.
#include "own_traits.hpp"

#include <allot/allot.hpp>

using first_heap = allot::basic_heap<ALLOT_TEST_FIRST_TRAITS>;
using second_heap = allot::basic_heap<ALLOT_TEST_SECOND_TRAITS>;

bool first_part(first_heap& heap, void** found, std::size_t count);
bool second_part(second_heap& heap, void** found, std::size_t count);

namespace {

constexpr std::size_t payloads = 64;

template <class Heap>
struct workplace {
    alignas(64) unsigned char region[256 * 1024];
    void* found[payloads];
    Heap heap;
};
template <class Heap>
workplace<Heap> workplace_of;

}  // namespace

int main() {
    auto& first = workplace_of<first_heap>;
    auto& second = workplace_of<second_heap>;
    if (first.heap.add_region(first.region, sizeof first.region) != allot::region_status::ok) return 1;
    static_cast<void>(second.heap.add_region(second.region, sizeof second.region));  // refused if it is the same heap
    for (int turn = 0; turn != 3; ++turn) {
        if (!first_part(first.heap, first.found, payloads)) return 1;
        if (!second_part(second.heap, second.found, payloads)) return 1;
    }
    return 0;
}
