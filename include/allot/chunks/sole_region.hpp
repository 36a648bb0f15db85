// The only region of a heap: what `region_list` is to a heap that takes one region at a time.
//
//   base                                                    end
//    | slack | chunk | ... | top (if free) | fencepost | slack |        no descriptor: the heap itself knows base and bytes
//
// It is always the region used last, so what does not lie among the hot chunks lies in no region, and nothing is looked up. A
// position is the address of its first chunk, or `none`, as there.
//
// Guarantees: constexpr, O(1).
#pragma once

#include <allot/chunks/region.hpp>

#include <cstddef>

namespace allot::detail {

template <class Chunks, std::size_t Lookahead = Chunks::granule>
class sole_region : hot_region<Chunks, Lookahead> {
    using layout = region_layout<Chunks, 0>;
    using hot = hot_region<Chunks, Lookahead>;
    using hot::make_hot;

public:
    using hot::are_hot_starts_sound;
    static constexpr bool is_sole = true;
    static constexpr std::size_t most_lead_bytes = Chunks::granule;

    static constexpr region lay_out(std::size_t base, std::size_t bytes, region_origin origin) noexcept {
        return layout::lay_out(base, bytes, origin);
    }
    static constexpr region_status status_of(std::size_t base, std::size_t bytes) noexcept {
        return layout::status_of(base, bytes);
    }

    constexpr std::size_t count() const noexcept { return is_empty() ? 0 : 1; }
    constexpr std::size_t bytes() const noexcept { return bytes_; }
    constexpr std::size_t tiled_bytes() const noexcept { return is_empty() ? 0 : laid_out().tiled_bytes(); }
    constexpr bool is_empty() const noexcept { return bytes_ == 0; }

    constexpr std::size_t root() const noexcept { return is_empty() ? none : laid_out().first; }
    /// True if base and bytes are what was written there.
    constexpr bool is_root_sound() const noexcept { return check_ == (base_ ^ bytes_); }
    static constexpr std::size_t lower_of(const Chunks& /*chunks*/, std::size_t /*position*/) noexcept { return none; }
    static constexpr std::size_t upper_of(const Chunks& /*chunks*/, std::size_t /*position*/) noexcept { return none; }

    constexpr bool is_sound(const Chunks& /*chunks*/, std::size_t position) const noexcept {
        return position == root();
    }
    constexpr region at(const Chunks& /*chunks*/, std::size_t /*position*/) const noexcept { return laid_out(); }

    constexpr std::size_t lowest(const Chunks& /*chunks*/) const noexcept { return root(); }
    constexpr std::size_t after(const Chunks& /*chunks*/, std::size_t position) const noexcept {
        return position < root() ? root() : none;
    }
    constexpr std::size_t find_below(const Chunks& /*chunks*/, std::size_t address) const noexcept {
        return base_ <= address ? root() : none;
    }
    constexpr std::size_t home_of(const Chunks& /*chunks*/, std::size_t /*chunk*/) const noexcept { return root(); }

    ALLOT_INLINE static constexpr bool visit(const Chunks& chunks, std::size_t address) noexcept {
        return has_chunk(chunks, address);
    }
    ALLOT_INLINE static constexpr bool has_chunk(const Chunks& chunks, std::size_t address) noexcept {
        return chunks.hot().has_chunk(address);
    }
    static constexpr tiled_span span_of(const Chunks& chunks, std::size_t address) noexcept {
        return has_chunk(chunks, address) ? chunks.hot() : tiled_span{};
    }

    /// Pre: there is none.
    constexpr void insert(Chunks& chunks, const region& added) noexcept {
        base_ = added.base;
        set_bytes(chunks, added.first, added.bytes);
    }
    constexpr void erase(Chunks& chunks, std::size_t /*position*/) noexcept {
        base_ = bytes_ = check_ = 0;
        make_hot(chunks, {});
    }
    constexpr void set_bytes(Chunks& chunks, std::size_t position, std::size_t bytes) noexcept {
        bytes_ = bytes;
        check_ = base_ ^ bytes;
        make_hot(chunks, {position, laid_out().tiled_bytes()});
    }

private:
    constexpr region laid_out() const noexcept { return lay_out(base_, bytes_, region_origin::caller); }

    std::size_t base_ = none;
    std::size_t bytes_ = 0;
    std::size_t check_ = 0;
};

}  // namespace allot::detail
