// What a heap of a hosted program with threads is best made of: its lock and its traits.
//
//     struct my_traits : allot::hosted_traits { using source = my_source; };
//     constinit allot::locked_heap<allot::basic_heap<my_traits>, allot::hosted_lock> heap;
//
//     one thread        no atomic read-modify-write: glibc says that there is one, else the lock leans to it
//     several threads   each works in a lane of its own, whose lock leans to it: the heap's lock is for refills and spills
//
// Guarantees: constant-initialised. The control block of a locked heap with these traits has about 78 KiB, all zeros; verbs that look at
// the whole heap take the lock of every lane.
#pragma once

#include <allot/adapters/sleeping_lock.hpp>
#include <allot/adapters/thread_numbers.hpp>
#include <allot/policy/biased_lock.hpp>
#include <allot/traits.hpp>

#include <cstddef>

namespace allot {

/// Leans to one thread, and lets the others sleep while they wait.
using hosted_lock = biased_lock<sleeping_lock, thread_numbers>;

/// The default traits, with a lane for each of 64 threads and more room for what waits.
struct hosted_traits : default_traits {
    static constexpr std::size_t lanes = 64;
    static constexpr std::size_t lane_bytes_limit = std::size_t{512} * 1024;
    static constexpr std::size_t cached_chunk_limit = 1024;
};

}  // namespace allot
