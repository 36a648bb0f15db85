// The core of the shipped heap over a Memory of the tests', and what only tests ask of it.
#pragma once

#include <allot/core/heap_core.hpp>

#include <cstddef>

namespace allot_test {

template <class Traits, class Memory>
using shipped_core = allot::detail::heap_core<Traits, Memory>;

template <class Core>
constexpr std::size_t usable_size(const Core& core, std::size_t payload) {
    return core.store().chunks().size_of(Core::chunks_type::chunk_of(payload)) - Core::chunks_type::word_bytes;
}

template <class Core>
constexpr bool is_sound(const Core& core) {
    return core.verify().broken == allot::invariant::none;
}

/// As if no more had ever been in use than now, and nothing had been done: two heaps of one shape are then equal.
template <class Core>
constexpr void forget_peak(Core& core) {
    auto& counted = core.store().counted();
    const auto old = counted;
    counted = {};
    for (std::size_t i = 1; i < old.taken_chunks(); ++i) counted.took(0);
    if (old.taken_chunks() != 0) counted.took(old.taken_bytes());
    core.store().settle_peak();
    core.store().free().doing() = {};
}

}  // namespace allot_test
