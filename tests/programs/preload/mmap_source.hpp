// A source that maps pages.
//
//     acquire(n): [ n rounded up to pages ]   or, if larger,   [ twice the last span ]   so that regions stay few
//     release(s): munmap, of a span or of pages at its ends;   purge(s): madvise, the pages stay and read as zero
//
// It calls nothing that allocates, so that it cannot recurse into the malloc it serves, and it may be called by
// several threads at once.
#pragma once

#include <allot/policy/source.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <sys/mman.h>

class mmap_source {
    static constexpr std::size_t page_bytes = 4096;

public:
    static constexpr std::size_t granularity = page_bytes;
    static constexpr bool gives_zeroed = true;

    // A generous span, or what was asked for alone if that much cannot be had.
    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        if (min_bytes > SIZE_MAX - page_bytes) return {};
        const std::size_t least = whole_pages(min_bytes);
        const std::size_t wanted = std::max(least, next_bytes_.load(std::memory_order_relaxed));
        const allot::memory_span span = map(wanted);
        if (span.base == nullptr) return map(least);
        next_bytes_.store(std::min(2 * wanted, largest_step), std::memory_order_relaxed);
        return span;
    }

    void release(allot::memory_span span) noexcept { munmap(span.base, span.bytes); }
    void purge(allot::memory_span span) noexcept { madvise(span.base, span.bytes, MADV_DONTNEED); }

private:
    static constexpr std::size_t first_step = std::size_t{1} << 20;
    static constexpr std::size_t largest_step = std::size_t{1} << 28;

    static constexpr std::size_t whole_pages(std::size_t bytes) noexcept {
        return (bytes + page_bytes - 1) / page_bytes * page_bytes;
    }

    static allot::memory_span map(std::size_t bytes) noexcept {
        constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        void* const base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (base == MAP_FAILED) return {};
        return {base, bytes};
    }

    std::atomic<std::size_t> next_bytes_{first_step};
};

static_assert(allot::source_of_parts<mmap_source> && allot::zeroed_source<mmap_source> &&
              allot::purging_source<mmap_source>);
