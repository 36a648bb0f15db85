// Makes memory zero without touching what is zero already.
//
//     page   [ 0 0 0 0 ... 0 ]   read: nothing to write; an untouched page of an operating system stays untouched
//     page   [ 0 0 7 1 ... 0 ]   read up to the 7, written from there on, and so are pages behind it that begin dirty
//
// Large spans alone are read first: there it pays, since memory that comes from the system is zero, and a page
// that was only read costs none.
//
// Guarantees: O(bytes); reads and writes nothing outside the span; on dirty memory hardly slower than memset.
#pragma once

#include <allot/base/config.hpp>

#include <cstddef>

namespace allot::detail {

/// Counted from the start of the span. Where the pages of the system are larger, a little more is written.
inline constexpr std::size_t zeroed_page = 4096;

/// The bytes that `is_dirty` looks at.
inline constexpr std::size_t dirty_step = 8 * sizeof(std::size_t);

/// True if one step of memory is not zero. Pre: aligned to a word.
ALLOT_INLINE bool is_dirty(const void* step) noexcept {
    using word [[gnu::may_alias]] = std::size_t;
    const word* const at = static_cast<const word*>(step);
    return (at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7]) != 0;
}

/// The first step of a page that is dirty; the end of the page if there is none. Asks for memory ahead, up to `end`.
ALLOT_INLINE unsigned char* find_dirty(unsigned char* page, const unsigned char* end) noexcept {
    constexpr std::ptrdiff_t ahead = zeroed_page / 2;
    const unsigned char* const page_end = page + zeroed_page;
    for (; page != page_end && !is_dirty(page); page += dirty_step) {
        if (end - page > ahead) __builtin_prefetch(page + ahead);
    }
    return page;
}

/// Zeroes what is not zero between two addresses that are whole pages apart.
ALLOT_APART inline void zero_pages(unsigned char* at, const unsigned char* end) noexcept {
    constexpr std::size_t longest_run = 16 * zeroed_page;  // its pages are still in the cache when they are written
    while (at != end) {
        unsigned char* const dirty = find_dirty(at, end);
        at += zeroed_page;
        if (dirty == at) continue;
        while (at != end && static_cast<std::size_t>(at - dirty) < longest_run && is_dirty(at)) at += zeroed_page;
        __builtin_memset(dirty, 0, static_cast<std::size_t>(at - dirty));
    }
}

/// Makes `bytes` bytes zero. Pre: `payload` is aligned to a word.
inline void zero_payload(void* payload, std::size_t bytes) noexcept {
    constexpr std::size_t least_read_first = 4 * zeroed_page;
    auto* const at = static_cast<unsigned char*>(payload);
    const std::size_t read_first = bytes < least_read_first ? 0 : bytes - bytes % zeroed_page;
    if (read_first != 0) zero_pages(at, at + read_first);
    __builtin_memset(at + read_first, 0, bytes - read_first);
}

}  // namespace allot::detail
