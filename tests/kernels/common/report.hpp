// What a person reads on the serial port: the banner, the memory that was found, the heap in figures and as a map, the
// closing line.
#pragma once

#include "soundness.hpp"

#include <allot/diagnostics/heap_map.hpp>

#include <cstddef>

namespace kernel {

inline void print_rule() noexcept {
    for (int i = 0; i < 78; ++i) put('=');
    put('\n');
}

inline void print_banner(const char* scenario) noexcept {
    put('\n');
    print_rule();
    print("  allot kernel: ", scenario, "\n  ", machine::description, "\n");
    print_rule();
    put('\n');
}

/// Gives the heap as much of a range as its links reach: everything, but for compact links on 32 bit. Returns how much.
template <class Heap>
std::size_t give_range(Heap& heap, memory_range range) noexcept {
    for (std::size_t bytes = range.bytes; bytes >= 4096; bytes /= 2) {
        const auto status = heap.add_region(machine::memory_at<void>(range.base), bytes);
        if (status == decltype(status)::ok) return bytes;
        if (status != decltype(status)::out_of_reach) fail(verdict::stage, "the heap refused a region", range.base);
    }
    return 0;
}

/// Gives the heap every range of RAM that the machine reports and the kernel does not use.
template <class Heap>
void give_memory(Heap& heap) noexcept {
    print("memory found, less what the kernel itself uses:\n");
    for (const memory_range range : machine::find_memory()) {
        print("  ", hex{range.base}, " .. ", hex{range.end() - 1}, kib{range.bytes});
        const std::size_t given = give_range(heap, range);
        if (given == range.bytes) {
            print("   given to the heap\n");
        } else {
            print("   of which the links reach ", given / 1024, " KiB\n");
        }
    }
    print("\n");
    expect(heap.stats().free_bytes != 0, "the machine reports no memory");
    expect_sound(heap);
}

template <class Stats>
void print_stats(const Stats& stats) noexcept {
    print("\nthe heap in bytes\n");
    print("  regions    ", column{stats.regions, 12}, "   in all      ", column{stats.region_bytes, 12}, "\n");
    print("  in use     ", column{stats.in_use_bytes, 12}, "   in chunks   ", column{stats.in_use_chunks, 12}, "\n");
    print("  free       ", column{stats.free_bytes, 12}, "   in chunks   ", column{stats.free_chunks, 12}, "\n");
    print("  cached     ", column{stats.cached_bytes, 12}, "   overhead    ", column{stats.overhead_bytes, 12}, "\n");
    print("  peak in use", column{stats.peak_in_use_bytes, 12});
    print("   largest free", column{stats.largest_free, 12}, "\n");
}

template <class Heap>
void print_map(const Heap& heap) noexcept {
    put('\n');
    allot::draw_heap_map(heap, [](char character) { put(character); });
    put('\n');
}

[[noreturn]] inline void pass() noexcept {
    be_the_only_one_to_end();
    print("\n== every stage passed ==\n\n");
    end_with(verdict::passed);
}

}  // namespace kernel
