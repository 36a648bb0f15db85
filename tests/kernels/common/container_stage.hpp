// Stage "containers": the kernel's own vector, list and map, and every kind of new-expression, over the replaced global
// operator new and operator delete.
#pragma once

#include "containers.hpp"
#include "random.hpp"
#include "verdict.hpp"

#include <cstddef>
#include <cstdint>
#include <new>

namespace kernel {

inline void fill_a_vector(std::size_t count) noexcept {
    vector<std::size_t> squares;
    for (std::size_t i = 0; i < count; ++i) squares.push_back(i * i);
    expect(squares.size() == count, "the vector has lost items");
    for (std::size_t i = 0; i < count; ++i) expect(squares[i] == i * i, "the vector holds a wrong item");
}

/// Two in, one out, until the count is reached; then the rest, in order.
inline void queue_in_a_list(std::size_t count) noexcept {
    list<std::size_t> queue;
    std::size_t out = 0;
    for (std::size_t in = 0; in < count; ++in) {
        queue.push_back(in);
        if (in % 2 == 1) expect(queue.pop_front() == out++, "the list is out of order");
    }
    while (!queue.is_empty()) expect(queue.pop_front() == out++, "the list is out of order");
    expect(out == count, "the list has lost items");
}

/// The same random keys again and again: put all in, take every second out, find the others.
inline void search_a_map(std::size_t count, std::uint32_t seed) noexcept {
    map<std::uint32_t, std::uint32_t> squares;
    random adding(seed), removing(seed), finding(seed);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t key = adding.next();
        squares[key] = key * key;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t key = removing.next();
        if (i % 2 == 1) squares.erase(key);
    }
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t key = finding.next();
        const std::uint32_t* const found = squares.find(key);
        expect((found != nullptr) == (i % 2 == 0), "the map has lost a key, or kept one");
        expect(found == nullptr || *found == key * key, "the map holds a wrong value");
    }
}

/// Counts its objects. Arrays of it begin with a cookie that says how many destructors to run.
struct counted {
    counted() noexcept { ++alive; }
    ~counted() { --alive; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;

    static inline std::size_t alive = 0;
    unsigned char bytes[40];
};

inline void construct_and_destroy() noexcept {
    counted* const one = new counted;
    counted* const many = new counted[7];
    counted* const quiet = new (std::nothrow) counted[3];
    expect(counted::alive == 11, "a constructor did not run");
    delete one;
    delete[] many;
    delete[] quiet;
    expect(counted::alive == 0, "a destructor did not run");
}

/// Aligned beyond the granule: made and deleted by the forms of operator new and delete that take an alignment. It has
/// no destructor, because GCC for Arm puts a cookie of eight bytes before any array and so breaks the alignment itself.
struct alignas(128) cache_line {
    unsigned char bytes[128];
};

inline void expect_aligned(const cache_line* line) noexcept {
    expect(line != nullptr && machine::address_of(line) % alignof(cache_line) == 0, "new ignored an alignment");
}

inline void use_aligned_new() noexcept {
    cache_line* const one = new cache_line;
    cache_line* const many = new cache_line[7];
    cache_line* const quiet = new (std::nothrow) cache_line;
    cache_line* const quiet_many = new (std::nothrow) cache_line[3];
    expect_aligned(one);
    expect_aligned(many);
    expect_aligned(quiet);
    expect_aligned(quiet_many);
    delete one;
    delete[] many;
    delete quiet;
    delete[] quiet_many;
}

/// Everything once. Leaves the heap with as many chunks in use as it found.
template <class Heap>
void use_containers(const Heap& heap, std::size_t count) noexcept {
    const std::size_t in_use = heap.stats().in_use_chunks;
    fill_a_vector(count);
    queue_in_a_list(count);
    search_a_map(count / 2, 2463534242u);
    construct_and_destroy();
    use_aligned_new();
    expect(heap.stats().in_use_chunks == in_use, "a container has lost memory");
    print("containers    vector and list of ", count, ", map of ", count / 2, ", aligned new   ok\n");
}

}  // namespace kernel
