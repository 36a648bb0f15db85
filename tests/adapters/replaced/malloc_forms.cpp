// A program whose malloc is allot's: the C and the C++ library allocate through it too.
#include "functions.hpp"
#include "support/catch.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <malloc.h>

namespace {

// Not a constant to the compiler, which would rather warn about it.
std::size_t opaque(std::size_t bytes) {
    static volatile std::size_t kept;
    kept = bytes;
    return kept;
}

// An allocation by each function that makes one, and a size that it may be written with.
struct allocation {
    const char* name;
    void* payload;
    std::size_t bytes;
};

std::vector<allocation> one_of_each() {
    void* posix = nullptr;
    REQUIRE(posix_memalign(&posix, 64, 100) == 0);
    return {{"malloc", malloc(opaque(100)), 100},
            {"calloc", calloc(opaque(10), 10), 100},
            {"realloc", realloc(nullptr, opaque(100)), 100},
            {"reallocarray", reallocarray(nullptr, opaque(10), 10), 100},
            {"aligned_alloc", aligned_alloc(64, opaque(128)), 128},
            {"posix_memalign", posix, 100},
            {"memalign", memalign(64, opaque(100)), 100},
            {"valloc", valloc(opaque(100)), 100},
            {"pvalloc", pvalloc(opaque(100)), 4096},
            {"strdup", strdup("what the C library allocates itself"), 36},
            {"operator new", ::operator new(opaque(100)), 100}};
}

void churn(unsigned seed) {
    std::array<unsigned char*, 64> kept{};
    for (unsigned step = 0; step < 20'000; ++step) {
        seed = seed * 1664525 + 1013904223;
        unsigned char*& slot = kept[seed % kept.size()];
        const std::size_t bytes = 1 + seed / 64 % 700;
        if (slot != nullptr && slot[0] != static_cast<unsigned char>(malloc_usable_size(slot))) std::abort();
        slot = static_cast<unsigned char*>(realloc(slot, bytes));
        slot[0] = static_cast<unsigned char>(malloc_usable_size(slot));
    }
    for (unsigned char* const slot : kept) free(slot);
}

}  // namespace

TEST_CASE("malloc: every function of the family, and what stands on it, reaches the heap") {
    for (const allocation& made : one_of_each()) {
        CAPTURE(made.name);
        REQUIRE(made.payload != nullptr);
        CHECK(came_from_the_heap(made.payload));
        CHECK(malloc_usable_size(made.payload) >= made.bytes);
        std::memset(made.payload, 1, malloc_usable_size(made.payload));
        free(made.payload);
    }
    CHECK(global_heap_is_sound());
}

TEST_CASE("malloc: calloc zeroes, and does not call itself") {
    for (int round = 0; round < 3; ++round) {
        auto* const bytes = static_cast<unsigned char*>(calloc(opaque(100), 30));
        REQUIRE(bytes != nullptr);
        for (int i = 0; i < 3000; ++i) CHECK(bytes[i] == 0);
        std::memset(bytes, 1, 3000);
        free(bytes);
    }
}

TEST_CASE("malloc: errno when the size is absurd") {
    errno = 0;
    CHECK(malloc(opaque(SIZE_MAX)) == nullptr);
    CHECK(errno == ENOMEM);
    errno = 0;
    CHECK(calloc(opaque(SIZE_MAX / 2), 3) == nullptr);
    CHECK(errno == ENOMEM);
    errno = EDOM;
    free(malloc(opaque(1)));
    CHECK(errno == EDOM);
}

TEST_CASE("malloc: threads") {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 3; ++i) threads.emplace_back(churn, i);
    for (std::thread& thread : threads) thread.join();
    CHECK(global_heap_is_sound());
}
