// What the source of a heap gave, and which regions of it may have something to give back.
//
//     a free chunk comes to an end of a region --> listed, with as much as could go back now
//     listed bytes > budget                    --> the region listed first is looked at again: is it still free?
//
// The list runs through the descriptors and is not kept up when memory is taken again: what it says is too much rather than
// too little, and a region that was listed for nothing is dropped when it is looked at. How much is kept (`budget`):
// `Traits::keep_free_bytes`; by default nothing, until the source was asked again for what had gone back. From then on it is
// the largest of 1 MiB, an eighth of what the source gave, and what it gave at once of as much that had gone (glibc's dynamic
// threshold). A heap that goes down and up again (breath.hpp) keeps that much in any case, up to 8 MiB.
//
// Guarantees: constexpr; O(1) a call but for `unlist`, O(listed regions).
#pragma once

#include <allot/source/breath.hpp>
#include <allot/source/returnable.hpp>

#include <cstddef>

namespace allot::detail {

template <class Traits, class Chunks, class Regions>
class source_account {
public:
    /// Words of a descriptor: the distance to the region listed next, and the bytes listed (0: it is not listed).
    static constexpr std::size_t next_word = 0;
    static constexpr std::size_t bytes_word = 1;

    constexpr std::size_t given_bytes() const noexcept { return given_; }
    constexpr std::size_t listed_bytes() const noexcept { return listed_; }
    constexpr std::size_t first() const noexcept { return first_; }
    constexpr std::size_t last() const noexcept { return last_; }
    constexpr bool is_due() const noexcept { return excess_with(0) >= least_part; }

    /// The least that goes back: smaller parts are not worth a call of the source.
    static constexpr std::size_t least_part = returnable<Traits, Chunks, Regions>::least_part;

    /// By how much the budget is exceeded, if `bytes` more than is listed could go back.
    constexpr std::size_t excess_with(std::size_t bytes) const noexcept {
        return listed_ + bytes > budget() ? listed_ + bytes - budget() : 0;
    }

    /// How much of a part of a region to list: of an end of a region that is in use, what goes beyond what is kept anyhow.
    constexpr std::size_t bytes_to_list(
        const typename returnable<Traits, Chunks, Regions>::part& found) const noexcept {
        if (found.is_whole || keeps_some()) return found.bytes;
        return found.bytes > kept_of_given() ? found.bytes - kept_of_given() : 0;
    }

    /// True once memory was asked for that had gone back before.
    constexpr bool keeps_some() const noexcept { return Traits::keep_free_bytes != keep_an_eighth || keeps_some_ != 0; }

    /// How much that could go back stays.
    constexpr std::size_t budget() const noexcept { return keeps_some() ? kept_of_given() : breath_bytes(); }

    /// How much that lies free now is likely to be used again; by default alone.
    constexpr std::size_t breath_bytes() const noexcept {
        if (Traits::keep_free_bytes != keep_an_eighth) return 0;
        return breath_.bytes() < most_breath ? breath_.bytes() : most_breath;
    }

    /// The same, whether or not anything was asked for again: what stays free at an end of a region that is in use.
    constexpr std::size_t kept_of_given() const noexcept {
        if constexpr (Traits::keep_free_bytes != keep_an_eighth) {
            return Traits::keep_free_bytes;
        } else {
            const std::size_t least = given_ / 8 > least_kept ? given_ / 8 : least_kept;
            const std::size_t likely = breath_bytes() > to_and_fro_ ? breath_bytes() : to_and_fro_;
            return likely > least ? likely : least;
        }
    }

    // --- what comes and goes -----------------------------------------------------------------------------------------

    /// To be told of bytes that callers give back, and how much they keep.
    constexpr void note_back(std::size_t bytes, std::size_t left) noexcept { breath_.note(bytes, left); }

    constexpr void came(std::size_t bytes) noexcept {
        given_ += bytes;
        if (went_ == 0) return;
        keeps_some_ = 1;
        const std::size_t both = went_ < bytes ? went_ : bytes;
        if (both > to_and_fro_ && both <= most_to_and_fro) to_and_fro_ = both;
        went_ = 0;
    }
    constexpr void went(std::size_t bytes) noexcept {
        given_ -= bytes;
        went_ += bytes;
    }
    /// The same for what somebody took from the heap on the source's behalf.
    constexpr void was_removed(std::size_t bytes) noexcept { given_ -= bytes; }

    // --- the list ----------------------------------------------------------------------------------------------------

    /// Says that `bytes` of a region could go back.
    constexpr void list(Chunks& chunks, std::size_t position, std::size_t bytes) noexcept {
        const std::size_t before = Regions::extra(chunks, position, bytes_word);
        Regions::set_extra(chunks, position, bytes_word, bytes);
        listed_ += bytes - before;
        if (before != 0) return;
        Regions::set_extra(chunks, position, next_word, 0);
        if (last_ == none) first_ = position;
        else Regions::set_extra(chunks, last_, next_word, position - last_);
        last_ = position;
    }

    /// Takes the region that was listed first off the list. Pre: there is one.
    constexpr std::size_t take_first(Chunks& chunks) noexcept {
        const std::size_t position = first_;
        first_ = after(chunks, position);
        if (first_ == none) last_ = none;
        forget(chunks, position);
        return position;
    }

    /// Takes a region off the list, wherever it stands; nothing if it is not listed.
    constexpr void unlist(Chunks& chunks, std::size_t position) noexcept {
        if (Regions::extra(chunks, position, bytes_word) == 0) return;
        std::size_t before = none;
        for (std::size_t at = first_; at != position; at = after(chunks, at)) before = at;
        const std::size_t next = after(chunks, position);
        if (before == none) first_ = next;
        else Regions::set_extra(chunks, before, next_word, next == none ? 0 : next - before);
        if (last_ == position) last_ = before;
        forget(chunks, position);
    }

    constexpr std::size_t after(const Chunks& chunks, std::size_t position) const noexcept {
        const std::size_t distance = Regions::extra(chunks, position, next_word);
        return distance == 0 ? none : (position + distance) & last_address;
    }

private:
    static constexpr std::size_t last_address = static_cast<typename Chunks::word_type>(~typename Chunks::word_type{0});
    static constexpr std::size_t least_kept = std::size_t{1} << 20;
    static constexpr std::size_t most_to_and_fro = std::size_t{32} << 20;
    static constexpr std::size_t most_breath = std::size_t{8} << 20;

    constexpr void forget(Chunks& chunks, std::size_t position) noexcept {
        listed_ -= Regions::extra(chunks, position, bytes_word);
        Regions::set_extra(chunks, position, bytes_word, 0);
        Regions::set_extra(chunks, position, next_word, 0);
    }

    std::size_t given_ = 0;
    std::size_t listed_ = 0;
    std::size_t first_ = none;
    std::size_t last_ = none;
    breath breath_{};
    std::size_t to_and_fro_ = 0;
    std::size_t went_ = 0;     // since something came
    unsigned keeps_some_ = 0;  // not bool: a damaged one must still be a value
};

/// A heap without a source.
struct no_account {
    static constexpr bool is_due() noexcept { return false; }
    static constexpr void note_back(std::size_t /*bytes*/, std::size_t /*left*/) noexcept {}
};

}  // namespace allot::detail
