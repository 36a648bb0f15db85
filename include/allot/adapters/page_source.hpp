// A source of pages for hosted programs, by mmap.
//
//     struct my_traits : allot::hosted_traits { using source = allot::page_source; };
//
//     reservation (64 GiB of addresses, no memory)
//     | given | given | hole | given |  not given yet ...              |
//                                    `- limit: acquire moves it up, release of what lies below it down
//
// Spans lie side by side, so that a heap merges them into one region. `acquire` gives whole steps of an eighth of what is given,
// at least 1 MiB and at most 256 MiB, or less, but what is asked for, out of a hole or if the system grants no more. What is
// released goes back to the system at once; its addresses stay reserved, and are given again before the limit moves. Where no
// reservation can be had (a limit of address space, 32 bits), and for spans larger than one, `acquire` is mmap and `release` is
// munmap.
//
// Guarantees: constant-initialised to zeros, about 800 bytes; may be called by several threads at once; no lock, so that a
// fork finds nothing held: what a thread of the parent was about to give or to take back is lost to the child. Calls nothing
// that allocates. What is given counts as committed memory, as with mmap, and what is reserved does not.
// Failure: an empty span where mmap would fail too.
#pragma once

#include <allot/adapters/reserved_pages.hpp>
#include <allot/base/align.hpp>
#include <allot/policy/source.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <sys/mman.h>

namespace allot {

/// What a `page_source` may be told to do otherwise; by default nothing.
struct page_choices {
    bool huge = false;  ///< ask for transparent huge pages (2 MiB), where the system has them
    bool kept = false;  ///< keep in memory what is released or purged: fewer page faults, and never less memory
};

/// See above.
class page_source {
    using range = detail::page_range;
    using reservation = detail::page_reservation;

public:
    static constexpr std::size_t granularity = detail::page_granularity;
    static constexpr bool gives_zeroed = true;

    memory_span acquire(std::size_t min_bytes) noexcept {
        if (min_bytes > SIZE_MAX / 2) return {};
        const std::size_t least = detail::align_up(min_bytes == 0 ? 1 : min_bytes, granularity);
        const std::size_t wanted = generous(least);
        range found = from_hole(least, wanted);
        if (found.bytes == 0) found = from_limit(wanted);
        if (found.bytes == 0) found = from_limit(least);
        if (found.bytes == 0) found = mapped(wanted);
        if (found.bytes == 0) found = mapped(least);
        given_.fetch_add(found.bytes, std::memory_order_relaxed);
        return {found.pointer(), found.bytes};
    }

    void release(memory_span span) noexcept {
        range back{reinterpret_cast<std::uintptr_t>(span.base), span.bytes};
        given_.fetch_sub(back.bytes, std::memory_order_relaxed);
        if (home_of(back.base) == nullptr) {
            munmap(span.base, span.bytes);
            return;
        }
        back.is_written = kept_.load(std::memory_order_relaxed) || !close(back);
        put_back(back);
    }

    /// Of huge pages only whole ones: parts would break them up.
    void purge(memory_span span) noexcept {
        if (kept_.load(std::memory_order_relaxed)) return;
        const std::size_t unit = huge_.load(std::memory_order_relaxed) ? reservation::huge_page : granularity;
        const std::uintptr_t base = detail::align_up(reinterpret_cast<std::uintptr_t>(span.base), unit);
        const std::uintptr_t end = detail::align_down(reinterpret_cast<std::uintptr_t>(span.base) + span.bytes, unit);
        if (base < end) madvise(reinterpret_cast<void*>(base), end - base, MADV_DONTNEED);
    }

    /// At any time; what is already in huge pages, or was kept, stays so until it is given again.
    void choose(page_choices choices) noexcept {
        kept_.store(choices.kept, std::memory_order_relaxed);
        huge_.store(choices.huge, std::memory_order_relaxed);
        for (const reservation& each : reservations_)
            if (each.base() != 0) advise({each.base(), reservation::bytes});
    }

private:
    static constexpr std::size_t least_step = std::size_t{1} << 20;
    static constexpr std::size_t most_step = std::size_t{1} << 28;

    std::size_t generous(std::size_t least) const noexcept {
        const std::size_t eighth = given_.load(std::memory_order_relaxed) / 8;
        const std::size_t step = eighth < least_step ? least_step : eighth > most_step ? most_step : eighth;
        return detail::align_up(step > least ? step : least,
                                huge_.load(std::memory_order_relaxed) ? reservation::huge_page : granularity);
    }

    /// The end of the hole that touches what is given.
    range from_hole(std::size_t least, std::size_t wanted) noexcept {
        const range hole = holes_.take(least);
        if (hole.bytes <= wanted) return opened(hole);
        const std::size_t rest = hole.bytes - wanted;
        const bool is_lowest = home_of(hole.base)->base() == hole.base;
        put_back({is_lowest ? hole.base : hole.base + wanted, rest, hole.is_written});
        return opened({is_lowest ? hole.base + rest : hole.base, wanted, hole.is_written});
    }

    range from_limit(std::size_t bytes) noexcept {
        if (bytes > reservation::bytes) return {};
        for (reservation& each : reservations_) {
            if (each.base() == 0) {
                if (!each.reserve()) return {};
                advise({each.base(), reservation::bytes});
            }
            if (const range taken = each.take(bytes); taken.bytes != 0) return opened(taken);
        }
        return {};
    }

    static range mapped(std::size_t bytes) noexcept {
        void* const base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (base == MAP_FAILED) return {};
        return {reinterpret_cast<std::uintptr_t>(base), bytes};
    }

    /// Makes it writable, and zero. An empty range if the system has no memory for it.
    range opened(const range& closed) noexcept {
        if (closed.bytes == 0) return {};
        if (mprotect(closed.pointer(), closed.bytes, PROT_READ | PROT_WRITE) != 0) {
            put_back(closed);
            return {};
        }
        if (closed.is_written) std::memset(closed.pointer(), 0, closed.bytes);
        return closed;
    }

    /// Gives memory back and keeps the addresses. False if the contents may still be there.
    bool close(const range& open) noexcept {
        constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        if (mmap(open.pointer(), open.bytes, PROT_NONE, flags, -1, 0) == MAP_FAILED) {
            madvise(open.pointer(), open.bytes, MADV_DONTNEED);
            return false;
        }
        advise(open);
        return true;
    }

    /// Pages of one kind are one mapping of the system's: all of a reservation are advised alike.
    void advise([[maybe_unused]] const range& pages) const noexcept {
#if defined(MADV_HUGEPAGE)
        if (huge_.load(std::memory_order_relaxed)) madvise(pages.pointer(), pages.bytes, MADV_HUGEPAGE);
#endif
    }

    /// To the addresses above the limit, or to the holes. Where there are too many holes, the addresses go back too.
    void put_back(const range& pages) noexcept {
        const range back = holes_.merged(pages);
        if (!back.is_written && home_of(back.base)->lower_to(back)) return;
        if (!holes_.put(back)) munmap(back.pointer(), back.bytes);
    }

    reservation* home_of(std::uintptr_t address) noexcept {
        for (reservation& each : reservations_)
            if (each.holds(address)) return &each;
        return nullptr;
    }

    reservation reservations_[16] = {};
    detail::page_holes holes_{};
    std::atomic<std::size_t> given_{0};
    std::atomic<bool> huge_{false};
    std::atomic<bool> kept_{false};
};

static_assert(source_of_parts<page_source> && zeroed_source<page_source> && purging_source<page_source>);

}  // namespace allot
