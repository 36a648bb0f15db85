// A chunk store over sparse memory: for addresses no machine would give a test.
#pragma once

#include "support/heaps.hpp"
#include "support/shape.hpp"
#include "support/sparse_memory.hpp"

#include <allot/core/region_edit.hpp>
#include <allot/core/resize.hpp>
#include <allot/diagnostics/verify.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>

namespace allot_test {

/// The memory of a heap that others look at while a payload moves.
template <class Word>
struct seen_memory : sparse_memory<Word> {
    using walked_in_pieces = void;
};

template <class Traits, class Word>
struct sparse_store {
    using store_type = allot::detail::chunk_store<Traits, seen_memory<Word>>;
    using chunks_type = typename store_type::chunks_type;

    store_type store;

    allot::region_status add(std::size_t base, std::size_t bytes) {
        return allot::detail::region_edit<store_type>(store).add(base, bytes, allot::detail::region_origin::caller);
    }
    allot::region_status remove(std::size_t base, std::size_t bytes) {
        return allot::detail::region_edit<store_type>(store).remove(base, bytes);
    }

    /// A chunk of at least `size` bytes; 0 if there is none.
    std::size_t take(std::size_t size, std::size_t alignment = chunks_type::granule) {
        return store.take({size, alignment});
    }
    void put(std::size_t chunk) {
        store.put(store.owned_chunk_of(chunks_type::payload_of(chunk)), {store.chunks().size_of(chunk)});
    }

    std::string shape() const { return shape_of_store(store); }
    /// The heap has one free chunk and it is the whole of its one region.
    bool is_whole() const { return is_sound() && shape() == "rest"; }

    bool is_sound() const { return allot::detail::verifier<store_type>(store).is_sound(); }
    std::size_t written_words() const { return store.chunks().memory().words->size(); }
};

/// Traits whose heap behaves the same in words of 32 and 64 bits: a granule of 16, chunks up to 1 MiB.
struct granule_16 : allot::bounded_traits {
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t largest_chunk = std::size_t{1} << 20;
    static constexpr auto search = allot::fit_search::exhaustive;
};
struct granule_16_compact : granule_16 {
    static constexpr auto links = allot::links::compact;
};

/// Four words in a minimal chunk, two, and four of half the width.
using granule_16_stores = joined<if_word_fits<std::uint64_t, sparse_store<granule_16, std::uint64_t>,
                                              sparse_store<granule_16_compact, std::uint64_t>>,
                                 std::tuple<sparse_store<granule_16_compact, std::uint32_t>>>;

/// Traits that fit 16-bit words too, with a largest chunk that a test can name.
template <std::size_t Largest, std::size_t Granule = 16>
struct small_largest : allot::bounded_traits {
    static constexpr std::size_t granule = Granule;
    static constexpr std::size_t exact_bin_limit = 16 * Granule;
    static constexpr std::size_t cached_chunk_limit = 8 * Granule;
    static constexpr std::size_t largest_chunk = Largest;
    static constexpr auto search = allot::fit_search::exhaustive;
};

}  // namespace allot_test
