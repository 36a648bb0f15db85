// Takes chunks out of the memory of a heap and puts them back. Speaks chunk sizes, never request sizes.
//
//     take(96):  a cached chunk of 96, as it is  ->  a free one, cut  ->  coalesce what is cached, try again
//     put(c):    small: cached as it is.             Else: merged with its free neighbours
//
// With immediate coalescing nothing is ever cached, and this is a thin door to the free chunks.
//
// Guarantees: constexpr over any Memory; O(1) but for what `Traits::search` allows, the number of regions, and
// coalescing all cached chunks when memory is short; a `take` that fails changes nothing else.
#pragma once

#include <allot/core/cached_chunks.hpp>
#include <allot/core/free_chunks.hpp>

#include <cstddef>

namespace allot::detail {

template <class Traits, class Memory>
class chunk_store : public free_chunks<Traits, Memory> {
    using base = free_chunks<Traits, Memory>;
    using typename base::knobs;
    using base::chunks_;
    using base::regions_;

public:
    using typename base::chunks_type;
    using typename base::classes;
    using typename base::fit_type;
    using requests = request_sizes<knobs::granule, chunks_type::min_chunk, chunks_type::word_bytes, knobs::largest_chunk>;

    static constexpr bool is_deferred = knobs::coalescing == coalescing::deferred;
    using cache_type = cached_chunks<chunks_type, is_deferred ? knobs::cached_chunk_limit : 0>;

    using base::base;

    constexpr const cache_type& cache() const noexcept { return cache_; }

    /// The chunk of a payload that a caller claims to hold; any other is a crime.
    ALLOT_INLINE constexpr std::size_t held_chunk_of(std::size_t payload) noexcept {
        const std::size_t chunk = chunks_type::chunk_of(payload);
        if constexpr (base::is_checked) {
            const bool is_held = is_aligned(payload, chunks_type::granule) && regions_.visit(chunks_, chunk) &&
                                 base::inspect().is_held(payload);
            if (!is_held) [[unlikely]] base::accuse(base::inspect().crime_of(payload));
        }
        return chunk;
    }

    /// A chunk in use of at least `size` bytes; `none` if there is no memory for it. Pre: a valid chunk size.
    ALLOT_INLINE constexpr std::size_t take(std::size_t size) noexcept {
        if constexpr (is_deferred) {
            if (cache_.is_cacheable(size)) {
                if (const std::size_t chunk = cache_.peek(chunks_, size)) [[likely]] return uncache(chunk, size);
            }
        }
        return take_uncached(size);
    }

    /// The same with an aligned payload.
    constexpr std::size_t take_aligned(const fit_type& wanted) noexcept {
        if (wanted.alignment == chunks_type::granule) return take(wanted.size);
        if constexpr (is_deferred) {
            if (cache_.is_cacheable(wanted.size)) {
                const std::size_t chunk = cache_.peek(chunks_, wanted.size);
                if (chunk != none && wanted.lead_in(chunk) == 0) return uncache(chunk, wanted.size);
            }
            if (const std::size_t chunk = base::take_free_aligned(wanted)) return chunk;
            if (cache_.bytes() == 0) return none;
            coalesce_cached();
        }
        return base::take_free_aligned(wanted);
    }

    /// Takes back a chunk in use. Pre: `held_chunk_of` found nothing wrong with it.
    ALLOT_INLINE constexpr void put(std::size_t chunk) noexcept {
        if constexpr (is_deferred) {
            const std::size_t header = chunks_.header_of(chunk);
            const std::size_t size = chunks_type::size_in(header);
            if (cache_.is_cacheable(size)) [[likely]] {
                chunks_.mark_cached(chunk, header);
                cache_.push(chunks_, chunk, size);
                if (cache_.bytes() > knobs::cached_bytes_limit) [[unlikely]] coalesce_some();
                return;
            }
        }
        base::give_back(chunk, chunks_.size_of(chunk));
    }

    /// Merges every cached chunk. O(cached chunks).
    ALLOT_COLD constexpr void coalesce_cached() noexcept {
        if constexpr (is_deferred) {
            while (cache_.bytes() != 0) coalesce_one();
        }
    }

private:
    static constexpr std::size_t coalesced_a_call = 8;

    constexpr std::size_t take_uncached(std::size_t size) noexcept {
        if constexpr (is_deferred) {
            if (const std::size_t chunk = base::take_free(size)) return chunk;
            if (cache_.bytes() == 0) return none;
            coalesce_cached();
        }
        return base::take_free(size);
    }

    ALLOT_INLINE constexpr std::size_t uncache(std::size_t chunk, std::size_t size) noexcept {
        if constexpr (base::is_checked) {
            if (!base::inspect().is_cached(chunk, size)) [[unlikely]] base::accuse({corruption_kind::broken_link, chunk});
        }
        cache_.pop(chunks_, chunk, size);
        chunks_.unmark_cached(chunk);
        return chunk;
    }

    constexpr void coalesce_one() noexcept {
        const std::size_t size = cache_.some_size();
        base::give_back(uncache(cache_.peek(chunks_, size), size), size);
    }

    ALLOT_COLD constexpr void coalesce_some() noexcept {
        for (std::size_t i = 0; i < coalesced_a_call && cache_.bytes() != 0; ++i) coalesce_one();
    }

    [[no_unique_address]] cache_type cache_{};
};

}  // namespace allot::detail
