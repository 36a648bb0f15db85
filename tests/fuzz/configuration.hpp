// The heaps that are fuzzed: a heap type, the sizes of its arenas, and what is done to it most.
#pragma once

#include "any_heap.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace fuzz {

struct configuration {
    std::string name;
    heap_shape shape;
    std::unique_ptr<any_heap> (*make)();
    std::size_t least_arena;
    std::size_t most_arena;
    std::size_t longest_life;   ///< in operations
    unsigned region_per_mille;  ///< how many of a thousand operations are about regions
};

/// All of them, in a fixed order.
const std::vector<configuration>& configurations();

/// The one of this name; null if there is none.
const configuration* find_configuration(const std::string& name);

template <class Heap>
configuration configure(std::string name, std::size_t least_arena, std::size_t most_arena, std::size_t longest_life,
                        unsigned region_per_mille) {
    return {std::move(name),
            shape_of<Heap>(),
            +[]() -> std::unique_ptr<any_heap> { return std::make_unique<heap_under_test<Heap>>(); },
            least_arena,
            most_arena,
            longest_life,
            region_per_mille};
}

std::vector<configuration> plain_configurations();
std::vector<configuration> shaped_configurations();
std::vector<configuration> sourced_configurations();

}  // namespace fuzz
