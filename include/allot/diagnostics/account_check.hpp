// Does the account of a source say what the regions say? Part of invariant I10.
//
//     given bytes = the regions that the source gave        the list leads through the regions that say so, once each
//
// Guarantees: constexpr, writes nothing, O(listed regions * log regions) and O(1) memory; a position is looked up before its
// descriptor is read, and the list ends after as many steps as there are regions on it.
#pragma once

#include <allot/core/chunk_store.hpp>

#include <cstddef>

namespace allot::detail {

template <class Store>
class account_check {
public:
    constexpr explicit account_check(const Store& store) noexcept : store_(store) {}

    /// To be told of every region, once its descriptor was found sound.
    constexpr void see(std::size_t position, const region& laid) noexcept {
        if constexpr (Store::index_type::has_source) {
            if (laid.origin == region_origin::source) given_bytes_ += laid.bytes;
            listed_bytes_ += listed_at(position);
            listed_regions_ += listed_at(position) != 0 ? 1u : 0u;
        }
    }

    /// Pre: all regions were seen.
    constexpr bool is_sound() const noexcept {
        if constexpr (!Store::index_type::has_source) return true;
        else
            return is_list_sound() && listed_bytes_ == store_.index().account().listed_bytes() &&
                   given_bytes_ == store_.index().account().given_bytes();
    }

private:
    constexpr std::size_t listed_at(std::size_t position) const noexcept {
        return store_.regions().extra(store_.chunks(), position, Store::index_type::account_type::bytes_word);
    }

    constexpr bool is_list_sound() const noexcept {
        const auto& account = store_.index().account();
        std::size_t left = listed_regions_;
        std::size_t last = none;
        for (std::size_t at = account.first(); at != none; at = account.after(store_.chunks(), at)) {
            if (left-- == 0 || store_.regions().find_below(store_.chunks(), at) != at || listed_at(at) == 0)
                return false;
            last = at;
        }
        return left == 0 && last == account.last();
    }

    const Store& store_;
    std::size_t given_bytes_ = 0;
    std::size_t listed_bytes_ = 0;
    std::size_t listed_regions_ = 0;
};

}  // namespace allot::detail
