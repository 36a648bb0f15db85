// Proved by the compiler, on the shipped core: what a script cannot say, because it needs much room, a source, or a lane.
//
//     growth downward in one verb    room to grow    a source that gives and takes back    a lane refilled and spilled
#include "support/constexpr_memory.hpp"
#include "support/shipped_core.hpp"

#include <allot/lanes/lane_exchange.hpp>
#include <allot/lanes/lane_view.hpp>

#include <cstddef>
#include <cstdint>

namespace allot_test {
namespace {

constexpr void must(bool holds) {
    if (!holds) throw "not in a constant expression";
}

using memory = constexpr_memory<std::uint64_t>;
using arena = constexpr_arena<std::uint64_t, 512>;
constexpr std::size_t g = 16;

template <allot::links Links>
struct small_traits : allot::default_traits {
    static constexpr auto links = Links;
    static constexpr std::size_t exact_bin_limit = 4 * g;
    static constexpr std::size_t bin_subdivision = 1;
    static constexpr std::size_t largest_chunk = 4096;
    static constexpr std::size_t cached_chunk_limit = 4 * g;
    static constexpr std::size_t cached_bytes_limit = 16 * g;
    static constexpr std::size_t growth_room = 1;
};

template <class Core>
constexpr std::size_t take(Core& core, std::size_t granules) {
    const std::size_t payload = core.allocate({granules * g - 8, g});
    must(payload != 0 && is_sound(core));
    return payload;
}
template <class Core>
constexpr void put(Core& core, std::size_t payload, std::size_t granules) {
    core.deallocate(payload, {granules * g - 8});
    must(is_sound(core));
}
/// An owner writes the words of a payload, and finds them wherever the heap has moved it.
constexpr void write(memory& words, std::size_t payload, std::size_t granules) {
    for (std::size_t at = 0; at < granules * g - 8; at += 8) words.store(payload + at, at);
}
constexpr bool is_written(const memory& words, std::size_t payload, std::size_t granules) {
    for (std::size_t at = 0; at < granules * g - 8; at += 8) {
        if (words.load(payload + at) != at) return false;
    }
    return true;
}
template <class Core>
constexpr bool is_whole(Core& core) {
    core.coalesce();
    return is_sound(core) && core.stats().in_use_chunks == 0 && core.stats().free_chunks == core.stats().regions;
}

// --- growth downward, in one call of the verb ------------------------------------------------------------------------

template <allot::links Links>
constexpr bool grows_downward() {
    arena cells{};
    shipped_core<small_traits<Links>, memory> core{memory(cells)};
    must(core.add_region(arena::first_address, arena::bytes) == allot::region_status::ok);
    const std::size_t below = take(core, 20);
    const std::size_t payload = take(core, 12);
    const std::size_t above = take(core, 6);
    write(core.memory(), payload, 12);
    put(core, below, 20);
    const std::size_t moved = core.reallocate(payload, {28 * g - 8, g});
    must(moved == below && is_sound(core) && is_written(core.memory(), moved, 12));
    put(core, moved, 28);
    put(core, above, 6);
    return is_whole(core);
}
static_assert(grows_downward<allot::links::word>());
static_assert(grows_downward<allot::links::compact>());

// --- a large payload that moves to grow gets free memory on both sides -----------------------------------------------

template <allot::links Links>
constexpr bool gets_room_to_grow() {
    arena cells{};
    shipped_core<small_traits<Links>, memory> core{memory(cells)};
    must(core.add_region(arena::first_address, arena::bytes) == allot::region_status::ok);
    const std::size_t payload = take(core, 16);
    const std::size_t blocker = take(core, 2);
    write(core.memory(), payload, 16);
    const std::size_t moved = core.reallocate(payload, {20 * g - 8, g});
    must(moved > blocker + 16 * g && is_sound(core) && is_written(core.memory(), moved, 16));
    must(core.try_resize(moved, {30 * g}));
    put(core, moved, 20);
    put(core, blocker, 2);
    return is_whole(core);
}
static_assert(gets_room_to_grow<allot::links::word>());
static_assert(gets_room_to_grow<allot::links::compact>());

// --- regions that are joined, and split again ------------------------------------------------------------------------

template <allot::links Links>
constexpr bool joins_and_splits_regions() {
    constexpr std::size_t third = arena::bytes / 4;
    constexpr std::size_t base = arena::first_address;
    arena cells{};
    shipped_core<small_traits<Links>, memory> core{memory(cells)};
    must(core.add_region(base, third) == allot::region_status::ok);
    must(core.add_region(base + 2 * third, third) == allot::region_status::ok);
    must(core.stats().regions == 2 && is_sound(core));
    must(core.add_region(base + third, third) == allot::region_status::ok);
    must(core.stats().regions == 1 && is_sound(core));
    const std::size_t payload = take(core, third / g);
    must(core.remove_region(base, 3 * third) == allot::region_status::not_free);
    must(core.remove_region(base + 2 * third, third) == allot::region_status::ok && is_sound(core));
    put(core, payload, third / g);
    must(is_whole(core));
    return core.remove_region(base, 2 * third) == allot::region_status::ok && core.stats().regions == 0;
}
static_assert(joins_and_splits_regions<allot::links::word>());
static_assert(joins_and_splits_regions<allot::links::compact>());

// --- a source that gives and takes back ------------------------------------------------------------------------------

/// Has one span, and wants it back whole.
struct one_span {
    constexpr allot::memory_span acquire(std::size_t least) noexcept {
        ++asked;
        return least <= given.bytes ? given : allot::memory_span{};
    }
    constexpr void release(allot::memory_span span) noexcept {
        must(span == given);
        ++returned;
    }
    allot::memory_span given{};
    int asked = 0;
    int returned = 0;
};

template <allot::links Links>
struct sourced_traits : small_traits<Links> {
    using source = one_span;
    static constexpr std::size_t keep_free_bytes = 0;
};

template <allot::links Links>
constexpr bool asks_its_source() {
    arena cells{};
    shipped_core<sourced_traits<Links>, memory> core{memory(cells)};
    core.source().given = {core.memory().pointer_to(arena::first_address), arena::bytes};
    const std::size_t payload = take(core, 20);
    must(core.source().asked == 1 && core.stats().regions == 1);
    write(core.memory(), payload, 20);
    const std::size_t grown = core.reallocate(payload, {40 * g - 8, g});
    must(grown != 0 && core.source().asked == 1 && is_written(core.memory(), grown, 20));
    must(core.allocate({3600, g}) == 0 && is_sound(core));  // the source gives what the heap has: it is refused
    must(core.source().asked == 2 && core.source().returned == 1);
    put(core, grown, 40);
    must(core.source().returned == 2 && core.stats().regions == 0);
    const std::size_t zeroed = core.allocate_zeroed({5 * g - 8, g});
    must(zeroed != 0 && core.memory().load(zeroed + 4 * g) == 0);
    put(core, zeroed, 5);
    core.coalesce();
    return core.source().returned == 3 && core.stats().regions == 0 && is_sound(core);
}
static_assert(asks_its_source<allot::links::word>());
static_assert(asks_its_source<allot::links::compact>());

// --- a lane that is refilled and spilled -----------------------------------------------------------------------------

template <allot::links Links>
constexpr bool refills_and_spills_a_lane() {
    arena cells{};
    shipped_core<small_traits<Links>, memory> core{memory(cells)};
    must(core.add_region(arena::first_address, arena::bytes) == allot::region_status::ok);
    using store_type = typename decltype(core)::store_type;
    allot::detail::lane<store_type> lane{};
    allot::detail::lane_exchange<store_type> exchange(core.store(), lane);
    const allot::detail::lane_view<store_type> view(core.store(), lane);

    const std::size_t chunk = exchange.refill(3 * g);
    must(chunk != 0 && lane.count() == 15 && view.is_sound() && is_sound(core));
    write(core.memory(), store_type::chunks_type::payload_of(chunk), 3);  // a lane looks whether it is marked
    must(lane.put(chunk, {3 * g - 8}) && lane.count() == 16);
    view.reveal();
    must(allot::detail::state_in<typename store_type::chunks_type>(core.store().chunks().header_of(chunk)) ==
         allot::chunk_state::cached);
    view.hide();
    must(lane.take(3 * g) == chunk && !view.has(store_type::chunks_type::payload_of(chunk)));
    core.store().put(chunk, {3 * g});
    exchange.spill_all();
    must(lane.count() == 0 && is_sound(core));
    return is_whole(core);
}
static_assert(refills_and_spills_a_lane<allot::links::word>());
static_assert(refills_and_spills_a_lane<allot::links::compact>());

}  // namespace
}  // namespace allot_test
