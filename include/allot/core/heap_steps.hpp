// The steps that the verbs of a heap are made of.
//
//     basic_heap::reallocate    begin_reallocate   copy   finish_reallocate
//     locked_heap::reallocate   [ the same, locked ]  copy  [ the same, locked ]
//     out of memory             span_for   source.acquire   add_span            the middle one never under a lock
//     much became free          detach_due   source.release
//
// A step touches the chunk store and nothing else: no source, no copy of a payload. So a heap runs
// them one after the other, and a locked heap takes its lock around each.
//
// Guarantees: no step calls anything outside the library but the corruption hook.
#pragma once

#include <allot/core/region_edit.hpp>
#include <allot/core/resize.hpp>
#include <allot/memory/direct.hpp>

#include <cstddef>
#include <type_traits>

namespace allot {

/// Where a reallocated payload goes, and what is left to do: copy `bytes` from `from` to `to` unless it `stayed`.
struct relocation {
    enum class outcome : unsigned char { failed, stayed, down, moved };

    outcome how = outcome::failed;
    bool has_due = false;   ///< more of what the source gave lies free now than is to be kept
    void* from = nullptr;
    void* to = nullptr;     ///< nullptr if it failed
    std::size_t bytes = 0;  ///< the ranges may overlap

    constexpr bool must_copy() const noexcept { return how == outcome::down || how == outcome::moved; }
};

namespace detail {

/// A payload that is to be zero, and how many bytes of it, from its start on, may not be yet.
struct unzeroed {
    void* payload = nullptr;
    std::size_t bytes = 0;
};

template <class Traits>
class heap_steps {
protected:
    using store_type = chunk_store<Traits, direct_memory>;
    using chunks_type = typename store_type::chunks_type;
    using requests = typename store_type::requests;
    using fit_type = typename store_type::fit_type;

public:
    using traits_type = Traits;
    using source_type = typename Traits::source;

    static constexpr std::size_t default_alignment = chunks_type::granule;
    static constexpr std::size_t chunk_overhead = chunks_type::word_bytes;
    static constexpr std::size_t min_chunk_size = chunks_type::min_chunk;
    static constexpr std::size_t max_request = requests::max_request;
    static constexpr bool has_source = !std::is_same_v<source_type, no_source>;

    /// The bytes that the owner of a payload may use: at least what was asked for. 0 for nullptr. O(1).
    [[nodiscard]] static std::size_t usable_size(const void* payload) noexcept {
        if (payload == nullptr) return 0;
        const std::size_t chunk = chunk_under(payload);
        return chunks_type::size_in(direct_memory::load_shared(chunk)) - chunk_overhead;
    }

    /// `allocate` without the source.
    ALLOT_INLINE void* take(std::size_t bytes, std::size_t alignment) noexcept {
        if (alignment != default_alignment) [[unlikely]] return take_aligned(bytes, alignment);
        if constexpr (store_type::is_deferred) {
            if (bytes <= store_type::largest_cacheable_request) [[likely]] {
                const std::size_t size = requests::chunk_size_for(bytes);
                const std::size_t chunk = store_.first_cached(size);
                if (store_.take_cached(chunk, size)) [[likely]] return payload_of(chunk);
            }
        }
        return take_any(bytes);
    }

    /// `allocate_zeroed` without the source, up to the zeroing.
    [[nodiscard]] unzeroed take_unzeroed(std::size_t bytes, std::size_t alignment) noexcept {
        store_.forget_written();
        void* const payload = take(bytes, alignment);
        if constexpr (store_type::gives_zeroed) {
            if (payload != nullptr) return {payload, dirty_bytes_of(payload, bytes)};
        }
        return {payload, bytes};
    }

    /// `reallocate` up to the copy. With `must_copy()`, both payloads are the caller's until `finish_reallocate`.
    [[nodiscard]] relocation begin_reallocate(void* payload, std::size_t bytes, std::size_t alignment) noexcept {
        const relocation failed{relocation::outcome::failed, false, payload, nullptr, 0};
        const std::size_t size = requests::chunk_size_for(bytes);
        if (size == 0 || !is_power_of_two(alignment)) return failed;
        const fit_type wanted{size, alignment < default_alignment ? default_alignment : alignment};
        const std::size_t chunk = loose_chunk(payload);
        const std::size_t held = usable_size(payload);
        const std::size_t copied = held < bytes ? held : bytes;
        if (const relocation beside = resize_beside(chunk, wanted, copied); beside.to != nullptr) return beside;
        store_.settle_peak();  // with another alignment the new place may be the smaller one
        if (const std::size_t to = take_moved(chunk, wanted); to != none) return moved(chunk, to, copied);
        if constexpr (store_type::is_deferred) return resize_beside(chunk, wanted, copied);  // `take_moved` has coalesced
        return failed;
    }

    /// `reallocate` behind the copy. The old place is looked at again: the lock was dropped.
    void finish_reallocate(const relocation& move, std::size_t bytes) noexcept {
        if (move.how == relocation::outcome::down) return store_.land_tail(loose_chunk(move.to), requests::chunk_size_for(bytes));
        const std::size_t chunk = loose_chunk(move.from);
        store_.land(chunk, store_.chunks().size_of(chunk));
    }

    /// `try_resize`, whole.
    [[nodiscard]] bool resize_in_place(void* payload, std::size_t bytes) noexcept {
        const std::size_t size = requests::chunk_size_for(bytes);
        return size != 0 && resizer().in_place(loose_chunk(payload), size);
    }

    /// `deallocate` without the source. Nothing for nullptr, under which there is no chunk. That the payload has no room for
    /// `bytes` is a crime.
    ALLOT_INLINE void put_back(void* payload, std::size_t bytes = 0) noexcept {
        if constexpr (store_type::is_deferred) {
            if (store_.put_small(chunk_under(payload), bytes)) [[likely]] return;
        }
        if (payload != nullptr) put_back_any(payload, bytes);
    }

    void coalesce_cached() noexcept { store_.coalesce_cached(); }

    /// What to ask a source for, so that the request is sure to fit. 0: no span could serve it.
    [[nodiscard]] static constexpr std::size_t span_for(std::size_t bytes, std::size_t alignment) noexcept {
        constexpr std::size_t room = 4 * chunk_overhead + 2 * default_alignment + min_chunk_size;
        const std::size_t size = requests::chunk_size_for(bytes);
        if (size == 0 || size > max_request - room || !is_power_of_two(alignment)) return 0;
        if (alignment > max_request - room - size) return 0;
        return room + findable(alignment > default_alignment ? size + alignment + min_chunk_size : size);
    }

    /// Where what a source gives had best be near: an address in the heap; nullptr if there is none.
    [[nodiscard]] const void* home() const noexcept { return direct_memory::pointer_to(store_.regions().root()); }

    /// Asks a source for a span; where links have a reach, for one near `home` first.
    static memory_span acquire_from(source_type& source, std::size_t wanted, const void* home) noexcept {
        if constexpr (chunks_type::is_compact && addressable_source<source_type>) {
            const memory_span span = home == nullptr ? memory_span{} : source.acquire_near(wanted, home);
            if (span.base != nullptr) return span;
        }
        return source.acquire(wanted);
    }

    /// Takes in a span that the source gave when asked for `wanted` bytes. False: it is none, too small, or no region.
    [[nodiscard]] bool add_span(memory_span span, std::size_t wanted) noexcept {
        if (span.base == nullptr || span.bytes < wanted) return false;
        return edit().add(direct_memory::address_of(span.base), span.bytes, region_origin::source) == region_status::ok;
    }

    /// True if more of what the source gave lies free than is to be kept, or is to be purged.
    [[nodiscard]] bool has_due() const noexcept { return store_.account().is_due() || store_.has_purge_due(); }

    /// Takes memory that is due off the heap, for the source to have back. Empty: there is none.
    [[nodiscard]] memory_span detach_due() noexcept {
        if constexpr (!has_source) return {};
        else return span_of(edit().remove_due());
    }

    /// The same for all that could go back, due or not, from the region around the address `from` upward.
    [[nodiscard]] memory_span detach_returnable(std::size_t from) noexcept {
        if constexpr (!has_source) return {};
        else return span_of(edit().remove_returnable(from));
    }

    [[noreturn]] void report_reentry() const noexcept { report_corruption(corruption_kind::reentered, this); }

protected:
    constexpr heap_steps() noexcept = default;

    /// A chunk of a span that merges with a region above it lies somewhere in its bin, of which a search sees a part. It is found
    /// for sure in a bin all of whose chunks are large enough. Other spans become the top.
    static constexpr std::size_t findable(std::size_t size) noexcept {
        using classes = typename store_type::classes;
        if constexpr (!store_type::returnable_type::gives_parts) return size;
        const std::size_t bin = classes::sure_bin_of(size);
        return bin < classes::bin_count - 1 ? classes::least_in(bin) : size;
    }

    region_edit<store_type> edit() noexcept { return region_edit<store_type>(store_); }
    resize<store_type> resizer() noexcept { return resize<store_type>(store_); }

    static std::size_t chunk_under(const void* payload) noexcept {
        return chunks_type::chunk_of(direct_memory::address_of(payload));
    }

    std::size_t loose_chunk(void* payload) noexcept {
        return store_.owned_chunk_of(direct_memory::address_of(payload));
    }

    static memory_span span_of(const typename store_type::returnable_type::part& removed) noexcept {
        return {direct_memory::pointer_to(removed.base), removed.bytes};
    }

    ALLOT_INLINE static void* payload_of(std::size_t chunk) noexcept {
        return direct_memory::pointer_to(chunks_type::payload_of(chunk));
    }

    /// How much of a payload just taken is not as the source gave it. The last word below a fencepost was a footer.
    std::size_t dirty_bytes_of(void* payload, std::size_t bytes) noexcept {
        const std::size_t from = direct_memory::address_of(payload);
        const std::size_t end = store_.chunks().next_of(chunk_under(payload));
        if (store_.chunks().is_fencepost(end)) store_.chunks().set_word(end - chunk_overhead, 0);
        const std::size_t zero_from = store_.zero_from();
        if (zero_from >= from + bytes) return bytes;
        return zero_from < from ? 0 : zero_from - from;
    }

    [[gnu::noinline]] void* take_any(std::size_t bytes) noexcept {
        return take_fit({requests::chunk_size_for(bytes), default_alignment});
    }

    [[gnu::noinline]] void* take_aligned(std::size_t bytes, std::size_t alignment) noexcept {
        if (!is_power_of_two(alignment)) return nullptr;
        if (alignment <= default_alignment) return take(bytes, default_alignment);
        return take_fit({requests::chunk_size_for(bytes), alignment});
    }

    /// A new place for the payload of a chunk that cannot have `wanted` where it is; amid free memory if it is likely to grow on.
    std::size_t take_moved(std::size_t from, const fit_type& wanted) noexcept {
        if constexpr (Traits::growth_room != 0) {
            const bool grows_on = store_type::is_growing(store_.chunks().size_of(from), wanted.size);
            const std::size_t chunk = grows_on ? store_.take_with_room(wanted) : none;
            if (chunk != none) return chunk;
        }
        return store_.take(wanted);
    }

    /// The payload of a chunk moves to another one, and only the copy still reads it.
    relocation moved(std::size_t from, std::size_t to, std::size_t copied) noexcept {
        store_.depart(store_.chunks().size_of(from));
        return {relocation::outcome::moved, false, payload_of(from), payload_of(to), copied};
    }

    ALLOT_INLINE void* take_fit(const fit_type& wanted) noexcept {
        if (wanted.size == 0) return nullptr;
        const std::size_t chunk = store_.take(wanted);
        return chunk == none ? nullptr : payload_of(chunk);
    }

    [[gnu::noinline]] void put_back_any(void* payload, std::size_t bytes) noexcept {
        const std::size_t chunk = chunk_under(payload);
        if (!store_.is_owned_in_hot(chunk)) [[unlikely]] return put_back_elsewhere(payload, bytes);
        const std::size_t size = store_.chunks().size_of(chunk);
        if constexpr (store_type::is_checked) {
            if (bytes > size - chunk_overhead) [[unlikely]] report_corruption(corruption_kind::size_mismatch, payload);
        }
        store_.put(chunk, size);
    }

    /// The same after the region of the payload was found.
    ALLOT_COLD void put_back_elsewhere(void* payload, std::size_t bytes) noexcept {
        loose_chunk(payload);
        put_back_any(payload, bytes);
    }

    /// Resizes a chunk where it is, or downward.
    relocation resize_beside(std::size_t chunk, const fit_type& wanted, std::size_t copied) noexcept {
        void* from = payload_of(chunk);
        const std::size_t to = resizer().beside(chunk, wanted);
        if (to == none) return {relocation::outcome::failed, false, from, nullptr, 0};
        if (to == chunk) return {relocation::outcome::stayed, has_due(), from, from, 0};
        if (store_.chunks().next_of(to) <= chunk) return moved(chunk, to, copied);
        store_.depart_tail(to, wanted.size);
        return {relocation::outcome::down, false, from, payload_of(to), copied};
    }

    [[noreturn]] static void report_corruption(corruption_kind kind, const void* where) noexcept {
        store_type::report_corruption({kind, direct_memory::address_of(where)});
    }

    store_type store_{};
};

}  // namespace detail
}  // namespace allot
