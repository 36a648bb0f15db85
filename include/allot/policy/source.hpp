// Where a heap gets more memory from.
//
//     heap.allocate(n): nothing fits --> source.acquire(at least n) --> add_region --> try once more
//     a region has become wholly free --> remove_region --> source.release(region)
//
// What a source may offer beyond these two:
//     granularity       parts of what it gave may come back, cut at multiples of it: the free ends of regions do
//     purge(span)       the contents of free memory may be lost (madvise): called for large free chunks that stay
//     gives_zeroed      what acquire gives is zero: allocate_zeroed leaves what was never used alone
//     acquire_near(n, address)   a span as close to the address as can be: for compact links, which reach 2^32 granules
//
// The heap names its source in its traits (`using source = my_source;`), holds one by value and shows it as
// `heap.source()`. A locked heap calls it with no lock held. A source may print, map pages or ask another heap;
// if it asks the very heap that is asking it, the heap detects the re-entry instead of recursing.
#pragma once

#include <allot/base/config.hpp>

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
///   2. release(span) gets memory that came from acquire, each byte once: whole spans as they were given; from a source with a
///      granularity parts of a span, or several that lay side by side. The heap does not touch it any more.
///   3. Neither throws. Over a locked heap either may be called by two threads at once, with no lock held.
template <class Source>
concept memory_source = std::default_initializable<Source> &&
    requires(Source& source, std::size_t min_bytes, memory_span span) {
    { source.acquire(min_bytes) }
    noexcept->std::same_as<memory_span>;
    { source.release(span) }
    noexcept->std::same_as<void>;
};

/// A source that takes back parts of what it gave, cut at multiples of its granularity: a power of two, at least four granules.
/// A span that does not begin and end at one stays whole there.
template <class Source>
concept source_of_parts = memory_source<Source> && requires {
    { Source::granularity } -> std::convertible_to<std::size_t>;
};

/// The granularity of a source; 1 where it takes whole spans only.
template <class Source>
constexpr std::size_t granularity_of() noexcept {
    if constexpr (source_of_parts<Source>) return Source::granularity;
    else return 1;
}

/// A source that takes the contents of free memory while the heap keeps the memory itself. `purge` gets spans inside what it
/// gave, cut at multiples of its granularity if it has one. A locked heap calls it with its lock held: it must be quick, and
/// must not use the heap. Afterwards the memory reads as anything.
template <class Source>
concept purging_source = memory_source<Source> && requires(Source& source, memory_span span) {
    { source.purge(span) }
    noexcept->std::same_as<void>;
};

/// A source whose `acquire` gives memory that reads as zero.
template <class Source>
concept zeroed_source = memory_source<Source> && requires {
    requires Source::gives_zeroed;
};

/// A source that can be asked for memory close to an address. It answers as `acquire` does; how close is its affair.
template <class Source>
concept addressable_source = memory_source<Source> &&
    requires(Source& source, std::size_t min_bytes, const void* address) {
    { source.acquire_near(min_bytes, address) }
    noexcept->std::same_as<memory_span>;
};

/// The default: there is no more memory than the regions that the heap was given.
struct no_source {
    static constexpr memory_span acquire(std::size_t /*min_bytes*/) noexcept { return {}; }
    static constexpr void release(memory_span /*span*/) noexcept {}
};

static_assert(memory_source<no_source>);

}  // namespace allot
