// A region of which a row of chunks is taken, with every second one given back.
//
//     row<Store> heap({2, 9, 2});     "[2] 9 [2] rest"          chunk[1] is where the 9 granules are free
#pragma once

#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_store.hpp"

#include <vector>

namespace allot_test {

/// A row of chunks of the given granules of 16 bytes; those at odd places are free.
template <class Store>
struct row : Store {
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t base = 0x40000;

    std::vector<std::size_t> chunk;

    explicit row(sizes granules) {
        REQUIRE(this->add(base, 0x10000) == allot::region_status::ok);
        for (const std::size_t n : granules) chunk.push_back(this->take(n * granule));
        for (std::size_t i = 1; i < chunk.size(); i += 2) this->put(chunk[i]);
        REQUIRE(this->is_sound());
    }
    bool is_first_of_its_bin(std::size_t free) const {
        const std::size_t bin = Store::store_type::classes::bin_of(this->store.chunks().size_of(free));
        const auto& bins = this->store.index().binned();
        return !bins.is_empty(bin) && bins.first(this->store.chunks(), bin) == free;
    }
};

}  // namespace allot_test
