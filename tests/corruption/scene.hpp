// A live heap to break: every kind of chunk and place that it can have, and what verify says of it.
//
//     [a 4] b 60 [c 4] d 60 [e 4] f 20 [g 4] (h 3) (i 3) [j 4] rest | [k 30] rest
//
// b and d lie in one bin, f is the remainder of a split, h and i are cached where the heap caches, else merged away.
// verify runs in a child process: a heap that makes it fault or hang fails the test and not the program.
#pragma once

#include "support/checked_heap.hpp"
#include "support/child.hpp"
#include "support/heaps.hpp"

#include <allot/diagnostics/verify.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <tuple>
#include <vector>

namespace allot_test {

inline const char* name_of(allot::invariant broken) {
    static constexpr const char* names[] = {"sound",       "tiling",  "granularity", "alignment",
                                            "prev_in_use", "footer",  "coalesced",   "binned_once",
                                            "links",       "bin_map", "accounting"};
    return names[static_cast<unsigned>(broken)];
}

template <class Heap>
struct scene {
    static constexpr std::size_t word_bytes = sizeof(std::size_t);
    static constexpr bool is_compact = Heap::traits_type::links == allot::links::compact;
    static constexpr bool has_minimal = is_compact && word_bytes == 8;

    checked_heap<Heap> heap{bare_field{8192}};
    void *a, *b, *c, *d, *e, *f, *g, *h, *i, *j, *k;

    scene() {
        static_cast<void>(heap.add_region(0, 6144));
        a = heap.take(4), b = heap.take(60), c = heap.take(4), d = heap.take(60), e = heap.take(4);
        void* const split = heap.take(24);
        g = heap.take(4), h = heap.take(3), i = heap.take(3), j = heap.take(4);
        heap.deallocate(split);
        heap.coalesce();
        f = static_cast<std::byte*>(heap.take(4)) + 4 * heap.granule;
        void* const rest = heap.allocate(heap.stats().largest_free - heap.overhead);
        static_cast<void>(heap.add_region(7000, 1000));
        k = heap.take(30);
        heap.deallocate(rest);
        for (void* const freed : {b, d, h, i}) heap.deallocate(freed);
    }

    /// A word of memory, counted from a payload: -1 is its header.
    static std::size_t& word(void* payload, std::ptrdiff_t at) { return static_cast<std::size_t*>(payload)[at]; }
    static std::size_t& header(void* payload) { return word(payload, -1); }
    static std::size_t size_of(void* payload) { return Heap::usable_size(payload) + word_bytes; }
    static std::size_t& header_above(void* payload) {
        return header(static_cast<std::byte*>(payload) + size_of(payload));
    }
    static std::size_t& footer(void* payload) { return (&header_above(payload))[-1]; }

    /// The invariant that verify names; or how it ended, if not by itself.
    std::string verdict() {
        const std::string end = end_of(
            [&] {
                const std::vector<std::byte> before = heap.field().image();
                report_of_child().counted[0] = static_cast<unsigned long>(heap.raw().verify().broken);
                report_of_child().counted[1] = heap.field().image() == before ? 0 : 1;
            },
            20);
        if (end != "returned") return end;
        return report_of_child().counted[1] != 0 ? "it has written"
                                                 : name_of(static_cast<allot::invariant>(report_of_child().counted[0]));
    }

    /// The same while a word has another value.
    std::string verdict_with(std::size_t& broken, std::size_t value) {
        const std::size_t before = broken;
        broken = value;
        const std::string found = verdict();
        broken = before;
        return found;
    }
};

/// Word and compact links, deferred and immediate coalescing, and a heap that checks nothing but in verify.
using word_link_heaps = std::tuple<allot::heap, immediate_heap, unchecked_heap>;
using caching_heaps = std::tuple<allot::heap, compact_heap, unchecked_heap>;
using broken_heaps = decltype(std::tuple_cat(std::declval<core_heaps>(), std::declval<std::tuple<unchecked_heap>>()));

}  // namespace allot_test
