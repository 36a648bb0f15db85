// Standard containers over a heap: by a memory resource, and by an allocator.
#include <allot/adapters/allocator.hpp>
#include <allot/adapters/memory_resource.hpp>
#include <allot/allot.hpp>

#include <memory_resource>
#include <numeric>
#include <string>
#include <vector>

namespace {
alignas(16) unsigned char memory[1 << 16];
constinit allot::heap heap;
}  // namespace

int main() {
    if (heap.add_region(memory, sizeof memory) != allot::region_status::ok) return 1;
    {
        // [pmr]
        allot::memory_resource resource(heap);
        std::pmr::vector<std::pmr::string> words(&resource);  // the strings allocate from the heap too

        using heap_allocator = allot::allocator<int, allot::heap>;
        std::vector<int, heap_allocator> numbers(1000, heap_allocator(heap));
        // [/pmr]
        words.emplace_back("a string that is too long for the small buffer of std::string");
        std::iota(numbers.begin(), numbers.end(), 0);
        const auto* const text = reinterpret_cast<const unsigned char*>(words.front().data());
        if (text < memory || text >= memory + sizeof memory) return 2;
        if (heap.stats().in_use_chunks != 3 || numbers.back() != 999) return 3;
    }
    return heap.verify() && heap.stats().in_use_bytes == 0 ? 0 : 4;
}
