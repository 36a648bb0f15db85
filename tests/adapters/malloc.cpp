// The prefixed family over every kind of heap. The unprefixed one runs in a program of its own: replaced_malloc.
#include <allot/adapters/malloc.hpp>

#include <allot/heap.hpp>
#include <allot/locked_heap.hpp>
#include <allot/policy/ticket_lock.hpp>

#include "support/catch.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include <unistd.h>

namespace {

constexpr std::size_t region_bytes = std::size_t{512} << 10;
constexpr std::size_t too_much = region_bytes * 2;

constinit allot::heap plain_heap;
constinit allot::basic_heap<allot::compact_traits> compact_heap;
constinit allot::locked_heap<allot::basic_heap<allot::bounded_traits>, allot::ticket_lock> locked_heap;

// A source that changes errno, as one that maps and unmaps pages does.
struct errno_changing_source {
    static inline std::size_t releases = 0;
    alignas(16) static inline unsigned char memory[16384];

    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        errno = ERANGE;
        return min_bytes <= sizeof(memory) ? allot::memory_span{memory, sizeof(memory)} : allot::memory_span{};
    }
    void release(allot::memory_span) noexcept {
        errno = ERANGE;
        ++releases;
    }
};
struct errno_changing_traits : allot::default_traits {
    using source = errno_changing_source;
};

constinit allot::basic_heap<errno_changing_traits> changing_heap;

static_assert(allot::detail::array_bytes(8, 0) == 0 && allot::detail::array_bytes(0, 8) == 0);
static_assert(allot::detail::array_bytes(SIZE_MAX, 1) == SIZE_MAX && allot::detail::array_bytes(3, 5) == 15);
static_assert(allot::detail::array_bytes(SIZE_MAX / 2 + 1, 2) == SIZE_MAX);
static_assert(allot::detail::whole_pages(SIZE_MAX - 4095, 4096) == SIZE_MAX - 4095);
static_assert(allot::detail::whole_pages(SIZE_MAX - 4094, 4096) == SIZE_MAX);
static_assert(allot::detail::whole_pages(0, 4096) == 0 && allot::detail::whole_pages(1, 4096) == 4096);

}  // namespace

ALLOT_DEFINE_MALLOC(plain_, plain_heap)
ALLOT_DEFINE_MALLOC(compact_, compact_heap)
ALLOT_DEFINE_MALLOC(locked_, locked_heap)
ALLOT_DEFINE_MALLOC(changing_, changing_heap)

namespace {

struct family {
    const char* name;
    decltype(&plain_malloc) malloc;
    decltype(&plain_free) free;
    decltype(&plain_calloc) calloc;
    decltype(&plain_realloc) realloc;
    decltype(&plain_reallocarray) reallocarray;
    decltype(&plain_aligned_alloc) aligned_alloc;
    decltype(&plain_posix_memalign) posix_memalign;
    decltype(&plain_memalign) memalign;
    decltype(&plain_valloc) valloc;
    decltype(&plain_pvalloc) pvalloc;
    decltype(&plain_malloc_usable_size) usable_size;
    std::function<allot::heap_stats()> stats;
};

#define ALLOT_TEST_FAMILY(prefix, heap_object)                                                                \
    family {                                                                                                  \
#prefix, prefix##malloc, prefix##free, prefix##calloc, prefix##realloc, prefix##reallocarray,         \
            prefix##aligned_alloc, prefix##posix_memalign, prefix##memalign, prefix##valloc, prefix##pvalloc, \
            prefix##malloc_usable_size, [] { return (heap_object).stats(); }                                  \
    }

template <class Heap>
void give_memory(Heap& heap) {
    alignas(4096) static unsigned char memory[region_bytes];
    static const allot::region_status given = heap.add_region(memory, sizeof memory);
    REQUIRE(given == allot::region_status::ok);
}

std::vector<family> families() {
    give_memory(plain_heap);
    give_memory(compact_heap);
    give_memory(locked_heap);
    return {ALLOT_TEST_FAMILY(plain_, plain_heap), ALLOT_TEST_FAMILY(compact_, compact_heap),
            ALLOT_TEST_FAMILY(locked_, locked_heap)};
}

bool is_aligned(const void* payload, std::size_t alignment) {
    return reinterpret_cast<std::uintptr_t>(payload) % alignment == 0;
}

// errno after `call`, which started with errno 0. The call must have answered null.
template <class Call>
int errno_of_null(Call call) {
    errno = 0;
    const void* const answer = call();
    const int error = errno;
    CHECK(answer == nullptr);
    return error;
}

void fill(void* payload, std::size_t bytes, unsigned char seed) {
    for (std::size_t i = 0; i < bytes; ++i)
        static_cast<unsigned char*>(payload)[i] = static_cast<unsigned char>(seed + i * 7);
}

bool holds(const void* payload, std::size_t bytes, unsigned char seed) {
    for (std::size_t i = 0; i < bytes; ++i) {
        if (static_cast<const unsigned char*>(payload)[i] != static_cast<unsigned char>(seed + i * 7)) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("malloc: a payload that can be used, for every size, and freed") {
    for (const family& c : families()) {
        CAPTURE(c.name);
        for (std::size_t bytes = 0; bytes < 300; ++bytes) {
            void* const payload = c.malloc(bytes);
            REQUIRE(payload != nullptr);
            CHECK(is_aligned(payload, alignof(std::max_align_t)));
            CHECK(c.usable_size(payload) >= bytes);
            fill(payload, c.usable_size(payload), 1);
            c.free(payload);
        }
        CHECK(c.stats().in_use_chunks == 0);
    }
}

TEST_CASE("malloc: zero bytes are a pointer of their own") {
    for (const family& c : families()) {
        void* const first = c.malloc(0);
        void* const second = c.calloc(0, 8);
        void* const third = c.calloc(8, 0);
        CHECK(first != nullptr);
        CHECK(second != nullptr);
        CHECK(third != nullptr);
        CHECK(first != second);
        CHECK(second != third);
        c.free(first);
        c.free(second);
        c.free(third);
    }
}

TEST_CASE("malloc family: ENOMEM when memory is short or the size is absurd") {
    for (const family& c : families()) {
        CAPTURE(c.name);
        CHECK(errno_of_null([&] { return c.malloc(too_much); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.malloc(SIZE_MAX); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.malloc(PTRDIFF_MAX); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.calloc(1, too_much); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.realloc(nullptr, too_much); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.aligned_alloc(64, too_much); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.memalign(64, SIZE_MAX - 8); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.valloc(too_much); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.pvalloc(too_much); }) == ENOMEM);
    }
}

TEST_CASE("calloc: zeroes memory that was dirty") {
    for (const family& c : families()) {
        void* const dirty = c.malloc(600);
        fill(dirty, 600, 1);
        c.free(dirty);
        auto* const clean = static_cast<unsigned char*>(c.calloc(30, 20));
        REQUIRE(clean != nullptr);
        for (int i = 0; i < 600; ++i) CHECK(clean[i] == 0);
        c.free(clean);
    }
}

TEST_CASE("calloc and reallocarray: a product that wraps is out of memory (R-02)") {
    constexpr unsigned word_bits = sizeof(std::size_t) * 8;
    for (const family& c : families()) {
        void* const kept = c.malloc(32);
        fill(kept, 32, 3);
        for (unsigned i = 1; i < word_bits; ++i) {
            const std::size_t count = std::size_t{1} << i;
            const std::size_t wraps = std::size_t{1} << (word_bits - i);
            for (const std::size_t each : {wraps - 1, wraps, wraps + 1}) {
                CHECK(errno_of_null([&] { return c.calloc(count, each); }) == ENOMEM);
                CHECK(errno_of_null([&] { return c.reallocarray(kept, count, each); }) == ENOMEM);
            }
        }
        CHECK(holds(kept, 32, 3));
        c.free(kept);
    }
}

TEST_CASE("free: nothing for null, and errno stays") {
    for (const family& c : families()) {
        errno = EDOM;
        c.free(nullptr);
        c.free(c.malloc(10));
        CHECK(errno == EDOM);
    }
}

TEST_CASE("free and posix_memalign: errno stays, whatever the heap's source does to it") {
    void* payload = nullptr;
    errno = EDOM;
    CHECK(changing_posix_memalign(&payload, 64, 2000) == 0);
    CHECK(errno == EDOM);
    CHECK(changing_posix_memalign(&payload, 64, too_much) == ENOMEM);
    CHECK(errno == EDOM);
    changing_free(payload);
    CHECK(errno == EDOM);
    CHECK(errno_changing_source::releases == 1);
    CHECK(errno_of_null([] { return changing_malloc(too_much); }) == ENOMEM);
}

TEST_CASE("realloc: null is malloc, content moves along, a failure leaves the old payload") {
    for (const family& c : families()) {
        void* payload = c.realloc(nullptr, 40);
        fill(payload, 40, 9);
        void* const wall = c.malloc(16);
        payload = c.realloc(payload, 4000);
        REQUIRE(payload != nullptr);
        CHECK(holds(payload, 40, 9));
        CHECK(errno_of_null([&] { return c.realloc(payload, SIZE_MAX); }) == ENOMEM);
        CHECK(errno_of_null([&] { return c.realloc(payload, too_much); }) == ENOMEM);
        CHECK(holds(payload, 40, 9));
        payload = c.realloc(payload, 20);
        CHECK(holds(payload, 20, 9));
        c.free(payload);
        c.free(wall);
    }
}

TEST_CASE("realloc: to zero frees and answers null, and errno stays") {
    for (const family& c : families()) {
        const std::size_t before = c.stats().in_use_chunks;
        CHECK(errno_of_null([&] { return c.realloc(c.malloc(100), 0); }) == 0);
        CHECK(errno_of_null([&] { return c.reallocarray(c.malloc(100), 0, 8); }) == 0);
        CHECK(c.stats().in_use_chunks == before);
        void* const fresh = c.realloc(nullptr, 0);
        CHECK(fresh != nullptr);
        c.free(fresh);
    }
}

TEST_CASE("reallocarray: as realloc for a product that fits") {
    for (const family& c : families()) {
        void* const first = c.reallocarray(nullptr, 10, 10);
        fill(first, 100, 5);
        void* const second = c.reallocarray(first, 100, 10);
        REQUIRE(second != nullptr);
        CHECK(c.usable_size(second) >= 1000);
        CHECK(holds(second, 100, 5));
        c.free(second);
    }
}

TEST_CASE("aligned_alloc and memalign: every power of two, nothing else") {
    for (const family& c : families()) {
        for (const auto allocate : {c.aligned_alloc, c.memalign}) {
            for (std::size_t alignment = 1; alignment <= 65536; alignment *= 2) {
                void* const payload = allocate(alignment, 33);
                REQUIRE(payload != nullptr);
                CHECK(is_aligned(payload, alignment));
                c.free(payload);
            }
            for (const std::size_t bad : {std::size_t{0}, std::size_t{3}, std::size_t{24}, std::size_t{48}, SIZE_MAX}) {
                CHECK(errno_of_null([&] { return allocate(bad, 32); }) == EINVAL);
            }
        }
    }
}

TEST_CASE("posix_memalign: answers its error, leaves errno and on failure the result") {
    for (const family& c : families()) {
        char sentinel = 0;
        void* result = &sentinel;
        errno = EDOM;
        for (const std::size_t bad : {std::size_t{0}, std::size_t{1}, sizeof(void*) / 2, sizeof(void*) * 3, SIZE_MAX}) {
            CHECK(c.posix_memalign(&result, bad, 32) == EINVAL);
        }
        CHECK(c.posix_memalign(&result, 64, too_much) == ENOMEM);
        CHECK(result == &sentinel);
        for (std::size_t alignment = sizeof(void*); alignment <= 65536; alignment *= 2) {
            REQUIRE(c.posix_memalign(&result, alignment, 50) == 0);
            CHECK(is_aligned(result, alignment));
            c.free(result);
        }
        REQUIRE(c.posix_memalign(&result, 64, 0) == 0);
        CHECK(result != nullptr);
        c.free(result);
        CHECK(errno == EDOM);
    }
}

TEST_CASE("valloc and pvalloc: whole pages, and a round-up that wraps is out of memory") {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    for (const family& c : families()) {
        void* const one = c.valloc(100);
        void* const two = c.pvalloc(page + 1);
        void* const none = c.pvalloc(0);
        CHECK(is_aligned(one, page));
        CHECK(is_aligned(two, page));
        CHECK(is_aligned(none, page));
        CHECK(none != nullptr);
        CHECK(c.usable_size(two) >= 2 * page);
        for (void* const payload : {one, two, none}) c.free(payload);
        for (std::size_t below = 0; below < page; below += 64) {
            CHECK(errno_of_null([&] { return c.pvalloc(SIZE_MAX - below); }) == ENOMEM);
        }
    }
}

TEST_CASE("malloc_usable_size: nothing for null, and all of it may be written") {
    for (const family& c : families()) {
        CHECK(c.usable_size(nullptr) == 0);
        void* const payload = c.malloc(13);
        void* const wall = c.malloc(16);
        fill(wall, 16, 2);
        fill(payload, c.usable_size(payload), 1);
        CHECK(holds(wall, 16, 2));
        c.free(payload);
        c.free(wall);
    }
}
