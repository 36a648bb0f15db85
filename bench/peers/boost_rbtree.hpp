// boost::interprocess::rbtree_best_fit over a fixed region, without a mutex, with plain pointers (three times as fast
// as its default offset pointers).
#pragma once

#include "peers/copying.hpp"

#include <boost/interprocess/mem_algo/rbtree_best_fit.hpp>
#include <boost/interprocess/sync/mutex_family.hpp>

#include <cstddef>
#include <new>
#include <span>

namespace bench {

class boost_rbtree final : public allocator {
    using algorithm = boost::interprocess::rbtree_best_fit<boost::interprocess::null_mutex_family, void*>;

public:
    explicit boost_rbtree(std::span<std::byte> region)
        : algorithm_{::new (static_cast<void*>(region.data())) algorithm{region.size(), 0}} {}

    void* allocate(std::size_t bytes, std::size_t alignment) final {
        return alignment <= alignof(std::max_align_t) ? algorithm_->allocate(bytes)
                                                      : algorithm_->allocate_aligned(bytes, alignment);
    }

    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) final {
        return zeroed(allocate(bytes, alignment), bytes);
    }

    void* reallocate(const owned& old, std::size_t bytes) final {
        return old.alignment <= alignof(std::max_align_t) ? reallocate_anywhere(old, bytes)
                                                          : reallocate_aligned(old, bytes);
    }

    void deallocate(const owned& old) final { algorithm_->deallocate(old.payload); }

private:
    using commands = boost::interprocess::allocation_type;

    char* resize(commands how, std::size_t bytes, char*& reuse) {
        std::size_t received = bytes;
        return algorithm_->allocation_command<char>(how | boost::interprocess::nothrow_allocation, bytes, received,
                                                    reuse);
    }

    /// Gives the tail back where boost can cut one off. It cannot shrink below a word.
    void* shrink(const owned& old, std::size_t bytes) {
        using namespace boost::interprocess;
        std::size_t received = std::max(bytes, sizeof(void*));
        auto* reuse = static_cast<char*>(old.payload);
        algorithm_->allocation_command<char>(shrink_in_place | nothrow_allocation, old.bytes, received, reuse);
        return old.payload;
    }

    /// In place, backward or in a new place, as boost itself chooses.
    void* reallocate_anywhere(const owned& old, std::size_t bytes) {
        using namespace boost::interprocess;
        if (bytes <= old.bytes) return shrink(old, bytes);
        auto* reuse = static_cast<char*>(old.payload);
        char* const result = resize(expand_fwd | expand_bwd | allocate_new, bytes, reuse);
        if (result == nullptr || result == old.payload) return result;
        std::memmove(result, old.payload, old.bytes);
        if (reuse == nullptr) algorithm_->deallocate(old.payload);
        return result;
    }

    void* reallocate_aligned(const owned& old, std::size_t bytes) {
        using namespace boost::interprocess;
        if (bytes <= old.bytes) return shrink(old, bytes);
        auto* reuse = static_cast<char*>(old.payload);
        char* const result = resize(expand_fwd, bytes, reuse);
        return result != nullptr ? result : reallocate_by_copy(*this, old, bytes);
    }

    algorithm* algorithm_;
};

}  // namespace bench
