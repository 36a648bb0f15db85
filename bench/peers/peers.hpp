// Every allocator that a benchmark can be run over, by name.
#pragma once

#include "peers/allocator.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Where an allocator's memory comes from.
enum class memory_from {
    region,
    system,
    places,  ///< fixed ones: no allocator
    nowhere  ///< no allocator, and payloads that overlap
};

enum class callers { one_thread, any_thread };

struct peer {
    std::string_view name;
    std::string_view title;
    memory_from memory;
    callers who;
    std::string_view preload;  // the library that must be loaded over glibc, or empty
    std::string_view witness;  // a symbol that only that library has
    std::unique_ptr<allocator> (*make)(std::span<std::byte> region);
};

/// Whether there is an allocator behind it, and not a piece of the harness.
inline bool allocates(const peer& chosen) {
    return chosen.memory == memory_from::region || chosen.memory == memory_from::system;
}

std::span<const peer> all_peers();
std::vector<std::string> peer_names();

/// The peer of that name. Throws `std::invalid_argument` if there is none.
const peer& find_peer(std::string_view name);

/// Restarts this program with the peer's library preloaded, unless it is already, and none where none belongs.
/// Throws `std::runtime_error` if the library did not come.
void enter_process_of(const peer& chosen, char** arguments);

}  // namespace bench
