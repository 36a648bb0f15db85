// C's malloc, and a second family with a prefix, each over a heap of its own.
// [malloc]
#include <allot/adapters/hosted.hpp>
#include <allot/adapters/malloc.hpp>
#include <allot/adapters/page_source.hpp>
#include <allot/allot.hpp>

struct malloc_traits : allot::hosted_traits {  // a lane for each thread
    using source = allot::page_source;         // malloc is called before main: the heap gets its memory by itself
};
constinit static allot::locked_heap<allot::basic_heap<malloc_traits>, allot::hosted_lock> process_heap;
ALLOT_REPLACE_MALLOC(process_heap)  // malloc, free, calloc, realloc, ... with C's rules and errno

constinit static allot::heap device_heap;  // a second one, which gets its region from the program
ALLOT_DEFINE_MALLOC(dev_, device_heap)     // dev_malloc, dev_free, dev_calloc, dev_realloc, ...
// [/malloc]

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>

namespace {

alignas(16) unsigned char device_memory[1 << 16];

// The C library's own allocations are the heap's too.
bool library_uses_the_heap() {
    const std::size_t before = process_heap.stats().in_use_chunks;
    char* const copy = strdup("copied by the C library");
    const bool is_counted = process_heap.stats().in_use_chunks == before + 1;
    std::free(copy);
    return is_counted && process_heap.stats().in_use_chunks == before;
}

bool rules_of_c_hold() {
    const volatile std::size_t half = SIZE_MAX / 2;
    errno = 0;
    void* const wrapped = std::calloc(half, 3);
    return wrapped == nullptr && errno == ENOMEM;
}

}  // namespace

int main() {
    if (device_heap.add_region(device_memory, sizeof device_memory) != allot::region_status::ok) return 1;
    void* const buffer = dev_malloc(1000);
    if (buffer < device_memory || buffer >= device_memory + sizeof device_memory) return 2;
    dev_free(buffer);
    if (!library_uses_the_heap() || !rules_of_c_hold()) return 3;
    std::thread([] { std::free(std::malloc(100)); }).join();
    std::printf("%zu bytes in use\n", process_heap.stats().in_use_bytes);
    return process_heap.verify() && device_heap.verify() ? 0 : 4;
}
