// A source of one's own: pages of the system. What it gives comes back in parts, and free pages that stay are emptied.
#include <allot/allot.hpp>

#include <cstddef>
#include <cstdio>

#include <sys/mman.h>

// [own-source]
struct pages {
    static constexpr std::size_t granularity = 4096;  // parts of a span, cut at pages, may come back
    static constexpr bool gives_zeroed = true;        // allocate_zeroed does not write what was never used

    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        if (min_bytes > allot::heap::max_request) return {};
        const std::size_t bytes = (min_bytes + least - 1) / least * least;
        void* const base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (base == MAP_FAILED) return {};  // the request fails, and nothing else happens
        return {base, bytes};
    }
    void release(allot::memory_span span) noexcept { munmap(span.base, span.bytes); }
    void purge(allot::memory_span span) noexcept { madvise(span.base, span.bytes, MADV_DONTNEED); }

    static constexpr std::size_t least = 1 << 20;  // few and large spans
};
struct growing_traits : allot::default_traits {
    using source = pages;
};
constinit allot::locked_heap<allot::basic_heap<growing_traits>> heap;  // needs no region: it asks for its first one
// [/own-source]

int main() {
    constexpr std::size_t count = 1000;
    static void* payloads[count];
    for (void*& payload : payloads) {
        payload = heap.allocate_zeroed(10000);
        if (payload == nullptr) return 1;
    }
    const std::size_t most = heap.stats().region_bytes;
    for (void* payload : payloads) heap.deallocate(payload);
    heap.coalesce();  // gives back all that can be
    const std::size_t left = heap.stats().region_bytes;
    std::printf("%zu bytes of pages at most, %zu in the end\n", most, left);
    return most >= count * 10000 && left == 0 && heap.verify() ? 0 : 2;
}
