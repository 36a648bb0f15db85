// What merging all cached chunks would give, without merging them.
//
//     [ in use ][ free ][ cached ][ cached ][ free ][ in use ]       a run: one free chunk, once what is cached has merged
//               `------------- runs are found from their cached chunks, upward -------------'
//
// A run that was walked is remembered, so that a chunk in it, or just below it, does not walk it again; cached chunks come
// in any order, and most runs are met again while they are remembered.
//
// Guarantees: constexpr, reads headers only, writes nothing; O(cached chunks) as a rule: a run that was forgotten meanwhile
// is walked once more.
#pragma once

#include <allot/free/bins.hpp>

#include <cstddef>

namespace allot::detail {

/// `Looks`: how many chunks of its own bin a request may look at.
template <class Chunks, class Classes, std::size_t Looks>
class merge_preview {
public:
    constexpr explicit merge_preview(const Chunks& chunks) noexcept : chunks_(chunks) {}

    /// Takes a cached chunk of the heap into account.
    constexpr void consider(std::size_t cached) noexcept {
        for (run& known : known_) {
            if (cached - known.start < known.end - known.start) return;
        }
        const bool has_free_below = !chunks_.is_prev_in_use(cached);
        const std::size_t start = has_free_below ? cached - chunks_.prev_size_of(cached) : cached;
        remember({start, end_of_run(cached)});
    }

    /// The size of the largest run; 0 if there is none.
    constexpr std::size_t largest() const noexcept { return largest_; }

    /// The largest size that a request could have for sure of all runs, and of the bin `binned`, which they would join; 0 if
    /// there are none. Where there would be more chunks in a bin than may be looked at, that is the least size in it.
    constexpr std::size_t largest(const largest_seen& binned) const noexcept {
        const std::size_t bin = Classes::bin_of(largest_);
        if (bin < binned.bin) return binned.is_all ? binned.size : Classes::least_in(binned.bin);
        const std::size_t count = bin == binned.bin ? binned.count + runs_ : runs_;
        const bool is_all = count <= Looks && (bin != binned.bin || binned.is_all);
        const std::size_t of_runs = is_all ? largest_ : Classes::least_in(bin);
        const bool has_larger = bin == binned.bin && binned.is_all && binned.size > of_runs;
        return has_larger ? binned.size : of_runs;  // which a request finds before anything merges
    }

private:
    struct run {
        std::size_t start = none;
        std::size_t end = none;
    };

    constexpr bool is_free_or_cached(std::size_t chunk) const noexcept {
        const std::size_t header = chunks_.header_of(chunk);
        return (header & Chunks::in_use) == 0 || (header & Chunks::cached) != 0;
    }

    constexpr std::size_t end_of_run(std::size_t chunk) const noexcept {
        std::size_t end = chunks_.next_of(chunk);
        while (is_free_or_cached(end)) {
            const run* const above = known_from(end);
            end = above != nullptr ? above->end : chunks_.next_of(end);
        }
        return end;
    }

    constexpr const run* known_from(std::size_t start) const noexcept {
        for (const run& known : known_) {
            if (known.start == start) return &known;
        }
        return nullptr;
    }

    /// A run that ends where a known one does contains it, and is counted in its place.
    constexpr void remember(const run& found) noexcept {
        for (run& known : known_) {
            if (known.end != found.end) continue;
            if (Classes::bin_of(known.end - known.start) == Classes::bin_of(largest_)) --runs_;
            known = found;
            return count(found.end - found.start);
        }
        known_[oldest_] = found;
        oldest_ = (oldest_ + 1) % known_count;
        count(found.end - found.start);
    }

    /// Counts the runs of the bin of the largest one; a run that was forgotten meanwhile once more.
    constexpr void count(std::size_t size) noexcept {
        if (Classes::bin_of(size) > Classes::bin_of(largest_)) runs_ = 0;
        if (Classes::bin_of(size) >= Classes::bin_of(largest_)) ++runs_;
        if (size > largest_) largest_ = size;
    }

    static constexpr std::size_t known_count = 32;  // as many as `Looks` by default: of so few runs none is forgotten

    const Chunks& chunks_;
    run known_[known_count] = {};
    std::size_t oldest_ = 0;
    std::size_t largest_ = 0;
    std::size_t runs_ = 0;
};

/// The size of the largest chunk of a store that a request could have, at once or when what is cached has merged: never more, and
/// less only where there are more chunks in the highest bin than the search may look at. `for_each` calls what it is given for
/// further chunks that read as cached. O(cached chunks + search looks).
template <class Store, class ForEach>
constexpr std::size_t largest_free_with(const Store& store, ForEach&& for_each) noexcept {
    using index_type = typename Store::index_type;
    const largest_seen binned = store.index().largest_binned(store.chunks());
    merge_preview<typename Store::chunks_type, typename Store::classes, index_type::search_looks> preview(
        store.chunks());
    store.cache().for_each(store.chunks(), [&](std::size_t chunk) { preview.consider(chunk); });
    for_each([&](std::size_t chunk) { preview.consider(chunk); });
    const std::size_t merged = preview.largest() == 0 ? binned.size : preview.largest(binned);
    const std::size_t loose = store.index().largest_loose();
    return merged > loose ? merged : loose;
}

/// The same, where the cached chunks are all that a merge would join.
template <class Store>
constexpr std::size_t largest_free(const Store& store) noexcept {
    return largest_free_with(store, [](auto&&) {});
}

}  // namespace allot::detail
