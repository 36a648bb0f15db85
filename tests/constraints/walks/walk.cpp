// Walks one of the ways of a request, and writes down which functions ran in it and in nothing else: gcov's counters are
// zeroed before the call and written after it. What it needs of the heap is its public verbs.
#include <allot/heap.hpp>
#include <allot/locked_heap.hpp>

#include <sys/mman.h>
#include <unistd.h>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" void __gcov_reset();
extern "C" void __gcov_dump();

namespace {

constexpr std::size_t region_bytes = std::size_t{1} << 20;
/// At the same address whatever the program is like: where a region lies decides its place among the others.
unsigned char* const memory = [] {
    void* const wanted = reinterpret_cast<void*>(std::uintptr_t{1} << 41);
    constexpr int how = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    void* const got = mmap(wanted, region_bytes, PROT_READ | PROT_WRITE, how, -1, 0);
    if (got != wanted) std::abort();
    return static_cast<unsigned char*>(got);
}();

/// The end of a walk: nothing that runs later is counted.
[[noreturn]] void end(bool went_its_way) {
    __gcov_dump();
    if (!went_its_way) std::puts("the walk went another way");
    std::fflush(stdout);
    _exit(went_its_way ? 0 : 1);
}

/// A chunk of this size waits in the cache.
void allocate() {
    static allot::heap heap;
    if (heap.add_region(memory, region_bytes) != allot::region_status::ok) end(false);
    void* const first = heap.allocate(100);
    void* const above = heap.allocate(100);
    heap.deallocate(first);
    if (heap.stats().cached_bytes == 0) end(false);
    __gcov_reset();
    void* const again = heap.allocate(100);
    end(again == first && above != nullptr);
}

/// The chunk goes into the cache.
void deallocate() {
    static allot::heap heap;
    if (heap.add_region(memory, region_bytes) != allot::region_status::ok) end(false);
    void* const first = heap.allocate(100);
    void* const above = heap.allocate(100);
    __gcov_reset();
    heap.deallocate(first);
    __gcov_dump();
    end(heap.stats().cached_bytes != 0 && above != nullptr);
}

/// [ free ][ this ][ in use ]: what is missing lies below.
void reallocate_downward() {
    static allot::heap heap;
    if (heap.add_region(memory, region_bytes) != allot::region_status::ok) end(false);
    void* const below = heap.allocate(3000);
    void* const payload = heap.allocate(3000);
    void* const above = heap.allocate(3000);
    heap.deallocate(below);
    __gcov_reset();
    void* const grown = heap.reallocate(payload, 4000);
    end(grown == below && above != nullptr);
}

/// The library's own lock, which somebody else seems to have when told.
struct contended_lock : allot::spin_lock {
    static inline bool looks_held = false;
    [[nodiscard]] bool try_lock() noexcept { return !looks_held && spin_lock::try_lock(); }
};

/// The lane has a chunk of this size.
void lane_hit() {
    static allot::locked_heap<allot::heap, contended_lock> heap;
    contended_lock::looks_held = true;
    for (int i = 0; i < 100; ++i) {
        if (heap.allocate(1) != nullptr) end(false);
    }
    contended_lock::looks_held = false;
    if (heap.add_region(memory, region_bytes) != allot::region_status::ok) end(false);
    void* const first = heap.allocate(100);
    heap.deallocate(first);
    if (heap.stats().cached_bytes == 0) end(false);
    __gcov_reset();
    void* const again = heap.allocate(100);
    end(again == first);
}

struct source {
    std::size_t used = 0;
    std::size_t asked = 0;
    allot::memory_span acquire(std::size_t bytes) noexcept {
        ++asked;
        if (bytes > region_bytes - used) return {};
        used += bytes;
        return {memory + used - bytes, bytes};
    }
    void release(allot::memory_span) noexcept {}
};

struct sourced : allot::default_traits {
    using source = ::source;
};

/// The heap has asked its source before, and nothing that it has fits.
void locked_source() {
    static allot::locked_heap<allot::basic_heap<sourced>> heap;
    void* const first = heap.allocate(60000);
    const std::size_t asked = heap.source().asked;
    __gcov_reset();
    void* const second = heap.allocate(60000);
    end(first != nullptr && second != nullptr && heap.source().asked == asked + 1);
}

struct walk {
    const char* name;
    void (*run)();
};
constexpr walk walks[] = {{"allocate", allocate},
                          {"deallocate", deallocate},
                          {"reallocate_downward", reallocate_downward},
                          {"lane_hit", lane_hit},
                          {"locked_source", locked_source}};

}  // namespace

int main(int count, char** words) {
    for (const walk& each : walks) {
        if (count == 2 && std::strcmp(words[1], each.name) == 0) each.run();
    }
    std::puts("usage: walk allocate|deallocate|reallocate_downward|lane_hit|locked_source");
    return 2;
}
