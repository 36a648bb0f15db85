// Deferred coalescing must not cost packing: chunks kept for later must not drive large requests into fresh memory.
#include <allot/heap.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace {

/// The highest address, counted from the start of the region, that a life of mixed sizes reaches.
template <class Heap>
std::size_t high_water(std::vector<unsigned char>& memory, std::size_t largest_alignment) {
    Heap heap;
    REQUIRE(heap.add_region(memory.data(), memory.size()) == allot::region_status::ok);
    std::mt19937 random(1);
    std::vector<void*> payloads(2048);
    std::size_t highest = 0;
    for (int step = 0; step < 300000; ++step) {
        void*& payload = payloads[random() % payloads.size()];
        heap.deallocate(payload);
        const std::size_t bytes = random() & ((1u << (random() % 13)) - 1);
        const std::size_t alignment = random() % 2 != 0 ? largest_alignment : 16;
        payload = heap.allocate(bytes, alignment);
        if (payload == nullptr) FAIL("a request was refused");
        const auto offset = static_cast<std::size_t>(static_cast<unsigned char*>(payload) - memory.data());
        if (offset > highest) highest = offset;
    }
    return highest;
}

struct immediate_traits : allot::default_traits {
    static constexpr auto coalescing = allot::coalescing::immediate;
};

}  // namespace

TEST_CASE("packing: deferred coalescing reaches no further than a third beyond immediate coalescing") {
    std::vector<unsigned char> memory(std::size_t{16} << 20);
    for (const std::size_t alignment : {std::size_t{16}, std::size_t{256}, std::size_t{4096}}) {
        const std::size_t deferred = high_water<allot::heap>(memory, alignment);
        const std::size_t immediate = high_water<allot::basic_heap<immediate_traits>>(memory, alignment);
        INFO("alignment " << alignment << ": deferred " << deferred << ", immediate " << immediate);
        CHECK(deferred <= immediate + immediate / 3);
    }
}
