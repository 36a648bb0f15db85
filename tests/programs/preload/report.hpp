// What a preload says when its process ends: one line.
//
//     program=sort verdict=sound operations=81234 peak=1048576 regions=3 pid=4711
//
// The line is appended to the file that ALLOT_PRELOAD_REPORT names; each process that ends by exit() adds its own.
// Lines are made on the stack and written by one write(), so that those of parallel processes do not mix.
#pragma once

#include <allot/allot.hpp>

#include <climits>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

// Kept from the start: a program may have changed its environment by the time it ends.
inline char report_file[PATH_MAX];

inline void remember_report_file() noexcept {
    const char* const name = std::getenv("ALLOT_PRELOAD_REPORT");
    if (name != nullptr && std::strlen(name) < sizeof report_file) std::strcpy(report_file, name);
}

template <class Heap>
int print_report(const Heap& heap, char* line, std::size_t capacity) noexcept {
    const allot::verify_result verdict = heap.verify();
    const allot::heap_stats stats = heap.stats();
    char broken[64] = "sound";
    if (!verdict)
        std::snprintf(broken, sizeof broken, "broken:I%d@%p", static_cast<int>(verdict.broken), verdict.where);
    return std::snprintf(line, capacity, "program=%s verdict=%s operations=%zu peak=%zu regions=%zu pid=%ld\n",
                         program_invocation_short_name, broken, heap.operations(), stats.peak_in_use_bytes,
                         stats.regions, static_cast<long>(getpid()));
}

inline bool append(const char* file, const char* line, std::size_t bytes) noexcept {
    const int descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) return false;
    const bool written = write(descriptor, line, bytes) == static_cast<ssize_t>(bytes);
    close(descriptor);
    return written;
}

template <class Heap>
void write_report(const Heap& heap) noexcept {
    if (report_file[0] == '\0') return;
    char line[512];
    const int bytes = print_report(heap, line, sizeof line);
    if (!append(report_file, line, static_cast<std::size_t>(bytes))) std::abort();
}
