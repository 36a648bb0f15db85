// The first program of README: a heap over a buffer.
// [first-program]
#include <allot/allot.hpp>
#include <cstdio>

alignas(16) static unsigned char memory[1 << 20];
constinit static allot::heap heap;  // empty: every allocation fails until it has a region

int main() {
    if (heap.add_region(memory, sizeof memory) != allot::region_status::ok) return 1;
    void* payload = heap.allocate(100);        // nullptr if it does not fit; nothing throws, nothing prints
    payload = heap.reallocate(payload, 5000);  // in place if the chunk above, or below, is free
    std::printf("%zu bytes in use, sound: %d\n", heap.stats().in_use_bytes, static_cast<bool>(heap.verify()));
    heap.deallocate(payload);
}
// [/first-program]
