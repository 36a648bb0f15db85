#include "peers/peers.hpp"

#include "peers/allot_heaps.hpp"
#include "peers/array_walk.hpp"
#include "peers/boost_rbtree.hpp"
#include "peers/hosted_libraries.hpp"
#include "peers/hosted_malloc.hpp"
#include "peers/null_allocator.hpp"
#include "peers/pool_resource.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace bench {
namespace {

template <class Allocator>
std::unique_ptr<allocator> over_region(std::span<std::byte> region) {
    return std::make_unique<Allocator>(region);
}

template <class Allocator>
std::unique_ptr<allocator> over_system(std::span<std::byte>) {
    return std::make_unique<Allocator>();
}

/// The defaults but for when chunks merge: what deferring it costs and brings.
struct immediate_traits : allot::default_traits {
    static constexpr auto coalescing = allot::coalescing::immediate;
};

using hosted_heap = allot::locked_heap<allot::basic_heap<allot::hosted_traits>, allot::hosted_lock>;

template <class Traits>
using unlocked = allot_heap<allot::basic_heap<Traits>>;

constexpr auto in_region = memory_from::region;
constexpr auto in_system = memory_from::system;
constexpr auto single = callers::one_thread;
constexpr auto shared = callers::any_thread;

const std::array<peer, 15> peers{{
    {"heap", "allot heap", in_region, single, "", "", over_region<unlocked<allot::default_traits>>},
    {"heap_sized", "allot heap, sized free", in_region, single, "", "", over_region<allot_heap_sized<allot::heap>>},
    {"immediate", "allot immediate", in_region, single, "", "", over_region<unlocked<immediate_traits>>},
    {"bounded", "allot bounded", in_region, single, "", "", over_region<unlocked<allot::bounded_traits>>},
    {"compact", "allot compact", in_region, single, "", "", over_region<unlocked<allot::compact_traits>>},
    {"locked", "allot locked heap", in_region, shared, "", "", over_region<allot_heap<allot::locked_heap<>>>},
    {"hosted", "allot hosted heap", in_region, shared, "", "", over_region<allot_heap<hosted_heap>>},
    {"boost", "boost rbtree_best_fit", in_region, single, "", "", over_region<boost_rbtree>},
    {"glibc", "glibc", in_system, shared, "", "", over_system<hosted_malloc>},
    {"mimalloc", "mimalloc", in_system, shared, mimalloc_library, "mi_version", over_system<hosted_malloc>},
    {"jemalloc", "jemalloc", in_system, shared, jemalloc_library, "mallctl", over_system<hosted_malloc>},
    {"tcmalloc", "tcmalloc_minimal", in_system, shared, tcmalloc_library, "tc_version", over_system<hosted_malloc>},
    {"pmr_pool", "std::pmr pool", in_system, single, "", "", over_system<pool_resource>},
    {"array", "array walk (no heap)", memory_from::places, single, "", "", over_region<array_walk>},
    {"null", "null (harness alone)", memory_from::nowhere, single, "", "", over_region<null_allocator>},
}};

}  // namespace

std::span<const peer> all_peers() { return peers; }

std::vector<std::string> peer_names() {
    std::vector<std::string> names;
    for (const peer& each : peers) names.emplace_back(each.name);
    return names;
}

const peer& find_peer(std::string_view name) {
    const auto found = std::ranges::find(peers, name, &peer::name);
    if (found == peers.end()) throw std::invalid_argument{"no allocator is called " + std::string{name}};
    return *found;
}

}  // namespace bench
