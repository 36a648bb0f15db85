// A firmware with 16 KiB for its heap: few bins, so that the control block is small, and a constant worst case.
#include <allot/allot.hpp>

#include <cstddef>

// [firmware]
struct firmware_traits : allot::bounded_traits {
    static constexpr std::size_t exact_bin_limit = 64;  // few bins: a small control block
    static constexpr std::size_t bin_subdivision = 1;
    static constexpr std::size_t largest_chunk = 1 << 14;  // no region is larger
};
constinit allot::basic_heap<firmware_traits> heap;
alignas(16) static unsigned char memory[16 * 1024];  // or what the linker script reserves
// [/firmware]

// A message as it comes from a line: kept until it is handled, and grown while it comes in.
struct message {
    unsigned char* bytes = nullptr;
    std::size_t count = 0;
};

extern "C" bool start_firmware() { return heap.add_region(memory, sizeof memory) == allot::region_status::ok; }

extern "C" bool append(message& to, unsigned char byte) {
    void* const larger = heap.reallocate(to.bytes, to.count + 1);
    if (larger == nullptr) return false;  // full: what has come so far stays
    to.bytes = static_cast<unsigned char*>(larger);
    to.bytes[to.count++] = byte;
    return true;
}

extern "C" void drop(message& what) {
    heap.deallocate(what.bytes);
    what = {};
}

#if __STDC_HOSTED__
int main() {
    static_assert(sizeof heap < 1024, "the control block is small");
    if (!start_firmware()) return 1;
    message messages[8];
    bool is_full = false;
    while (!is_full) {
        for (message& each : messages) is_full = is_full || !append(each, static_cast<unsigned char>(each.count));
    }
    for (const message& each : messages) {
        for (std::size_t at = 0; at < each.count; ++at) {
            if (each.bytes[at] != static_cast<unsigned char>(at)) return 2;
        }
    }
    if (messages[0].count < 1000 || !heap.verify()) return 3;
    for (message& each : messages) drop(each);
    return heap.verify() && heap.stats().in_use_bytes == 0 ? 0 : 4;
}
#endif
