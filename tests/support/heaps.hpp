// The heaps that every rule of the contract is held against.
#pragma once

#include "support/child.hpp"
#include "support/contended.hpp"

#include <allot/locked_heap.hpp>
#include <allot/policy/irq_safe.hpp>
#include <allot/policy/ticket_lock.hpp>

#include <mutex>
#include <tuple>

namespace allot_test {

struct compact_immediate_traits : allot::compact_traits {
    static constexpr auto coalescing = allot::coalescing::immediate;
};
struct unchecked_traits : allot::default_traits {
    static constexpr auto hardening = allot::hardening::none;
};
struct wide_granule_traits : allot::default_traits {
    static constexpr std::size_t granule = 64;
};

/// Interrupts that are a number: how often they were disabled.
struct counted_interrupts {
    int save_and_disable() noexcept { return depth++; }
    void restore(int found) noexcept { depth = found; }
    int depth = 0;
};

using immediate_heap = allot::basic_heap<allot::bounded_traits>;
using compact_heap = allot::basic_heap<allot::compact_traits>;
using compact_immediate_heap = allot::basic_heap<compact_immediate_traits>;
using unchecked_heap = allot::basic_heap<unchecked_traits>;
using wide_granule_heap = allot::basic_heap<wide_granule_traits>;

/// Word and compact links, deferred and immediate coalescing.
using core_heaps = std::tuple<allot::heap, immediate_heap, compact_heap, compact_immediate_heap>;
using plain_heaps =
    decltype(std::tuple_cat(std::declval<core_heaps>(), std::declval<std::tuple<unchecked_heap, wide_granule_heap>>()));

template <class Lock>
using locked = allot::locked_heap<allot::heap, Lock>;
using locked_heaps = std::tuple<locked<allot::null_lock>, locked<allot::spin_lock>, locked<allot::ticket_lock>,
                                locked<allot::irq_safe<allot::spin_lock, counted_interrupts>>, locked<std::mutex>,
                                allot::locked_heap<immediate_heap, allot::spin_lock>,
                                allot::locked_heap<compact_heap, allot::spin_lock>>;

using all_heaps = decltype(std::tuple_cat(std::declval<plain_heaps>(), std::declval<locked_heaps>()));

/// The same contract, but not the same places: what is served from a lane lies where the lane found it.
using contended_heaps =
    std::tuple<contended<allot::default_traits>, contended<allot::compact_traits>, with_owners<allot::default_traits>>;
using contract_heaps = decltype(std::tuple_cat(std::declval<all_heaps>(), std::declval<contended_heaps>()));

/// The inside of a heap, for tests of what no caller sees.
template <class Traits>
auto& core_of(allot::basic_heap<Traits>& heap) {
    return allot::detail::inside<allot::basic_heap<Traits>>::core_of(heap);
}

/// The same heap, whose corruptions a child process reports.
template <class Heap>
struct reporting_heap;
template <class Traits>
struct reporting_heap<allot::basic_heap<Traits>> {
    using type = allot::basic_heap<reporting<Traits>>;
};
template <class Heap, class Lock>
struct reporting_heap<allot::locked_heap<Heap, Lock>> {
    using type = allot::locked_heap<typename reporting_heap<Heap>::type, Lock>;
};
template <class Heap>
using reporting_heap_of = typename reporting_heap<Heap>::type;

}  // namespace allot_test
