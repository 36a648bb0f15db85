// C's malloc, and a second family with a prefix, each over a heap of its own.
// [malloc]
#include <allot/adapters/hosted.hpp>
#include <allot/adapters/malloc.hpp>
#include <allot/allot.hpp>

#include <sys/mman.h>

struct pages {  // malloc is called before main: the heap gets its memory by itself
    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        if (min_bytes > allot::heap::max_request) return {};
        const std::size_t bytes = (min_bytes + least - 1) / least * least;
        void* const base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (base == MAP_FAILED) return {};
        return {base, bytes};
    }
    void release(allot::memory_span span) noexcept { munmap(span.base, span.bytes); }
    static constexpr std::size_t least = 1 << 20;
};
struct malloc_traits : allot::hosted_traits {  // a lane for each thread
    using source = pages;
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
