// Where a heap gets more memory from.
//
//     heap.allocate(n): nothing fits --> source.acquire(at least n) --> add_region --> try once more
//     a region has become wholly free --> remove_region --> source.release(region)
//
// The heap names its source in its traits (`using source = my_source;`), holds one by value and shows it as
// `heap.source()`. A locked heap calls it with no lock held. A source may print, map pages or ask another heap;
// if it asks the very heap that is asking it, the heap detects the re-entry instead of recursing.
#pragma once

#include <concepts>
#include <cstddef>

namespace allot {

/// One span of memory, as a source hands it over. A null base means: none.
struct memory_span {
    void* base = nullptr;
    std::size_t bytes = 0;

    friend constexpr bool operator==(const memory_span&, const memory_span&) = default;
};

/// The law of a source, beyond the signatures that the compiler can check:
///   1. acquire(min_bytes) returns a span of at least min_bytes that nobody else uses and that stays mapped,
///      readable and writable until it is released, or an empty span. min_bytes already includes what the heap
///      needs around the request.
///   2. release(span) gets memory that came from acquire: a whole span, or several that lay side by side and
///      have merged. The heap does not touch it any more.
///   3. Neither throws. Over a locked heap either may be called by two threads at once.
template <class Source>
concept memory_source = std::default_initializable<Source> &&
    requires(Source& source, std::size_t min_bytes, memory_span span) {
        { source.acquire(min_bytes) } noexcept -> std::same_as<memory_span>;
        { source.release(span) } noexcept -> std::same_as<void>;
    };

/// The default: there is no more memory than the regions that the heap was given.
struct no_source {
    static constexpr memory_span acquire(std::size_t /*min_bytes*/) noexcept { return {}; }
    static constexpr void release(memory_span /*span*/) noexcept {}
};

static_assert(memory_source<no_source>);

}  // namespace allot
