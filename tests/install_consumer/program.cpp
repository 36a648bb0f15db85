// What a user writes. Every way of getting at the library builds this one program.
#if defined(ALLOT_TEST_SINGLE_HEADER)
#include ALLOT_TEST_SINGLE_HEADER
#else
#include <allot/allot.hpp>
#endif

#include <cstdio>

namespace {
allot::heap heap;
alignas(64) unsigned char memory[64 * 1024];
}  // namespace

int main() {
    if (heap.add_region(memory, sizeof memory) != allot::region_status::ok) return 1;
    void* const payload = heap.allocate(100, 256);
    if (payload == nullptr || !heap.verify()) return 1;
    std::printf("%zu of %zu bytes in use, heap sound\n", heap.stats().in_use_bytes, heap.stats().region_bytes);
    heap.deallocate(payload);
    return heap.verify() ? 0 : 1;
}
