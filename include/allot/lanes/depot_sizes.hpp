// Which sizes of chunks the depot may have, for lanes that want to know before they take its lock.
//
//     lane without 64s   may be?  no -> the heap        lane with a bundle of 64s   may be?  no -> leave it there
//                                 yes -> the depot                                           yes -> keep it
//
// Guarantees: constant-initialised; one byte a size, read and written without order: a hint, which whoever holds the depot's lock
// puts right.
#pragma once

#include <allot/base/config.hpp>
#include <allot/core/chunk_cache.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class depot_sizes {
    using cache_type = waiting_cache<Store>;

public:
    /// Pre: a size that may wait in a lane.
    bool may_be(std::size_t size) const noexcept {
        return __atomic_load_n(&known_[cache_type::list_of(size)], __ATOMIC_RELAXED) != 0;
    }
    void note(std::size_t size, bool is_there) noexcept {
        unsigned char& known = known_[cache_type::list_of(size)];
        __atomic_store_n(&known, static_cast<unsigned char>(is_there ? 1 : 0), __ATOMIC_RELAXED);
    }

private:
    alignas(cache_line_bytes) unsigned char known_[cache_type::list_count] = {};
};

}  // namespace allot::detail
