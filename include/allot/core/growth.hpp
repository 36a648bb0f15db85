// What a heap asks its source for, takes in, and hands back.
//
//     a request does not fit    span_for -> source.acquire -> add          the middle one never under a lock
//     much became free          detach_due -> source.release               the same
//
// Guarantees: constexpr over any Memory; nothing here calls the source but `acquire_from` and `purge`.
#pragma once

#include <allot/core/region_edit.hpp>
#include <allot/core/request.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class growth {
    using index_type = typename Store::index_type;
    using chunks_type = typename Store::chunks_type;
    using requests = typename Store::requests;
    using source_type = typename Store::knobs::source;

public:
    constexpr explicit growth(Store& store) noexcept : store_(store) {}

    /// What to ask a source for, so that the request is sure to fit. 0: no span could meet it.
    [[nodiscard]] static constexpr std::size_t span_for(request wanted) noexcept {
        constexpr std::size_t granule = chunks_type::granule;
        constexpr std::size_t room = 4 * chunks_type::word_bytes + 2 * granule + chunks_type::min_chunk;
        const std::size_t size = requests::chunk_size_for(wanted.bytes);
        if (size == 0 || size > requests::max_request - room || !is_power_of_two(wanted.alignment)) return 0;
        if (wanted.alignment > requests::max_request - room - size) return 0;
        return room + findable(wanted.alignment > granule ? size + wanted.alignment + chunks_type::min_chunk : size);
    }

    /// Asks a source for a span; where links have a reach, for one near `home` first.
    static constexpr memory_span acquire_from(source_type& source, std::size_t bytes, const void* home) noexcept {
        if constexpr (chunks_type::is_compact && addressable_source<source_type>) {
            const memory_span span = home == nullptr ? memory_span{} : source.acquire_near(bytes, home);
            if (span.base != nullptr) return span;
        }
        return source.acquire(bytes);
    }

    /// Takes in a span that the source gave when asked for `wanted` bytes: all of it, or, if that is larger than a region may be
    /// and the source takes parts, the lower end. Returns how many bytes; 0: it is too small, or no region.
    [[nodiscard]] constexpr std::size_t add(memory_span span, std::size_t wanted) noexcept {
        region_edit<Store> edit(store_);
        const std::size_t base = store_.chunks().memory().address_of(span.base);
        std::size_t taken = span.bytes;
        if constexpr (index_type::returnable_type::gives_parts) taken = edit.fitting(base, span.bytes);
        const bool is_added = taken >= wanted && edit.add(base, taken, region_origin::source) == region_status::ok;
        return is_added ? taken : 0;
    }

    /// Takes memory that is due off the heap, for the source to have back; purges what is due. Empty: there is none.
    [[nodiscard]] constexpr memory_span detach_due(source_type& source) noexcept {
        if constexpr (!index_type::has_source) return {};
        else {
            if (store_.free().has_purge_due()) purge(source, store_.index().account().breath_bytes(), some_to_purge);
            return span_of(region_edit<Store>(store_).remove_due());
        }
    }

    /// The same for all that could go back, due or not, from the region around the address `from` upward.
    [[nodiscard]] constexpr memory_span detach_returnable(std::size_t from) noexcept {
        if constexpr (!index_type::has_source) return {};
        else return span_of(region_edit<Store>(store_).remove_returnable(from));
    }

    /// Lets the source have the contents of large free chunks, but for `spare` bytes.
    ALLOT_COLD constexpr void purge(source_type& source, std::size_t spare, purge_limits most) noexcept {
        if constexpr (purging_source<source_type>) {
            auto& memory = store_.chunks().memory();
            store_.free().purge_free(store_.chunks(), spare, most, [&](std::size_t base, std::size_t bytes) {
                source.purge({memory.pointer_to(base), bytes});
            });
        }
    }

private:
    /// A chunk of a span that merges with a region above it lies somewhere in its bin, of which a search sees a part. It is found
    /// for sure in a bin all of whose chunks are large enough. Other spans become the top.
    static constexpr std::size_t findable(std::size_t size) noexcept {
        using classes = typename Store::classes;
        if constexpr (!index_type::returnable_type::gives_parts) return size;
        const std::size_t bin = classes::sure_bin_of(size);
        return bin < classes::bin_count - 1 ? classes::least_in(bin) : size;
    }

    constexpr memory_span span_of(const typename index_type::returnable_type::part& removed) noexcept {
        return {store_.chunks().memory().pointer_to(removed.base), removed.bytes};
    }

    Store& store_;
};

}  // namespace allot::detail
