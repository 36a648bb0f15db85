// What is said of a heap when its process ends.
//
//     allot: sort (4711) at its end
//       in use    2101248 bytes in 1204 chunks, at most 41943040 bytes
//       free      300000 bytes in 17 chunks, the largest of 200000 bytes
//       cached    1024 bytes
//       overhead  120 bytes
//       total     45088768 bytes in 1 region
//       threads   at most 3 at once
//
// The lines are made on the stack: nothing here allocates.
#pragma once

#include "settings.hpp"

#include <allot/adapters/thread_numbers.hpp>
#include <allot/diagnostics/invariant.hpp>
#include <allot/diagnostics/stats.hpp>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace allot_malloc {

/// Characters in an array, as many as there is room for.
template <std::size_t Size>
class text_buffer {
public:
    template <class... Values>
    [[gnu::format(printf, 2, 0)]] void print(const char* format, Values... values) noexcept {
        const int added = std::snprintf(text_ + used_, Size - used_, format, values...);
        if (added > 0) used_ += static_cast<std::size_t>(added);
        if (used_ >= Size) used_ = Size - 1;
    }

    const char* text() const noexcept { return text_; }
    std::size_t bytes() const noexcept { return used_; }

private:
    char text_[Size] = {};
    std::size_t used_ = 0;
};

inline const char* plural(std::size_t count) noexcept { return count == 1 ? "" : "s"; }

template <class Heap>
text_buffer<1024> statistics_of(const Heap& heap) noexcept {
    const allot::heap_stats stats = heap.stats();
    text_buffer<1024> lines;
    lines.print("allot: %.100s (%ld) at its end\n", program_invocation_short_name, static_cast<long>(getpid()));
    lines.print("  in use    %zu bytes in %zu chunk%s, at most %zu bytes\n", stats.in_use_bytes, stats.in_use_chunks,
                plural(stats.in_use_chunks), stats.peak_in_use_bytes);
    lines.print("  free      %zu bytes in %zu chunk%s, the largest of %zu bytes\n", stats.free_bytes, stats.free_chunks,
                plural(stats.free_chunks), stats.largest_free);
    lines.print("  cached    %zu bytes\n", stats.cached_bytes);
    lines.print("  overhead  %zu bytes\n", stats.overhead_bytes);
    lines.print("  total     %zu bytes in %zu region%s\n", stats.region_bytes, stats.regions, plural(stats.regions));
    lines.print("  threads   at most %zu at once\n", allot::thread_numbers::most_at_once());
    return lines;
}

/// `name` with the number of the process for each %p.
inline text_buffer<PATH_MAX> file_name(const char* name) noexcept {
    text_buffer<PATH_MAX> result;
    for (; *name != '\0'; ++name) {
        if (std::strncmp(name, "%p", 2) != 0) result.print("%c", *name);
        else result.print("%ld", static_cast<long>(getpid())), ++name;
    }
    return result;
}

template <class Heap>
void report(const Heap& heap, const settings& chosen) noexcept {
    const auto lines = statistics_of(heap);
    if (chosen.file() == nullptr) return chosen.complaints().write(lines.text(), lines.bytes());
    const auto file = file_name(chosen.file());
    if (append_to(file.text(), lines.text(), lines.bytes())) return;
    text_buffer<PATH_MAX + 100> complaint;
    complaint.print("allot: statistics cannot be written to %s: %s\n", file.text(), strerrordesc_np(errno));
    chosen.complaints().write(complaint.text(), complaint.bytes());
}

/// Says which invariant is broken, where statistics go too, and ends the process by SIGABRT.
template <class Heap>
void abort_unless_sound(const Heap& heap, const settings& chosen) noexcept {
    const allot::verify_result found = heap.verify();
    if (found) return;
    text_buffer<256> line;
    line.print("allot: the heap of %.100s (%ld) is not sound at its end: invariant I%d does not hold at %p\n",
               program_invocation_short_name, static_cast<long>(getpid()), static_cast<int>(found.broken), found.where);
    chosen.complaints().write(line.text(), line.bytes());
    if (chosen.file() != nullptr) append_to(file_name(chosen.file()).text(), line.text(), line.bytes());
    std::abort();
}

}  // namespace allot_malloc
