// A heap under test, checked from outside around every operation.
//
//     before:  sound (I1-I10), guards intact, payloads as their owners left them        -- a picture of all memory
//     the operation
//     after:   the same again; a result is aligned, inside a region, apart from all others, no larger than need be;
//              a call that failed has left every byte as it was (memory short: cached chunks may have been coalesced);
//              a call that failed had a reason: no free chunk was large enough
//
// It keeps its own books and shares no code with the heap. What is wrong is thrown, as `heap_complaint`: an exception
// fails a test by itself, and tests/scenarios/r31_checked_heap.cpp can see that each complaint is made.
#pragma once

#include "support/complaint.hpp"
#include "support/memory_field.hpp"
#include "support/shape.hpp"
#include "support/sizes.hpp"

#include <allot/heap.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace allot_test {

template <class Heap>
class checked_heap {
public:
    static constexpr std::size_t granule = Heap::default_alignment;
    static constexpr std::size_t overhead = Heap::chunk_overhead;
    static constexpr std::size_t search_looks =
        Heap::traits_type::search == allot::fit_search::exhaustive ? SIZE_MAX : Heap::traits_type::fit_looks;

    /// A heap with one region.
    explicit checked_heap(std::size_t region_bytes = 8192) : checked_heap(bare_field{region_bytes}) {
        demand(add_region(0, region_bytes) == allot::region_status::ok, "the heap refuses its region");
    }

    /// A heap without a region, and memory to make regions of.
    explicit checked_heap(bare_field field) : field_(field.bytes) {}

    Heap& raw() { return heap_; }
    memory_field& field() { return field_; }
    std::size_t live_count() const { return live_.size(); }
    std::string shape() const { return shape_of(heap_); }
    allot::heap_stats stats() const { return stats_of(heap_); }

    // --- regions: spans of the field --------------------------------------------------------------------------------

    allot::region_status add_region(std::size_t offset, std::size_t bytes) {
        const snapshot before = look();
        const allot::region_status status = heap_.add_region(field_.at(offset), bytes);
        if (status == allot::region_status::ok) field_.give(field_.at(offset), bytes);
        else check_nothing_changed(before);
        check();
        return status;
    }

    allot::region_status remove_region(std::size_t offset, std::size_t bytes) {
        const snapshot before = look();
        const allot::region_status status = heap_.remove_region(field_.at(offset), bytes);
        if (status == allot::region_status::ok) field_.take_back(field_.at(offset), bytes);
        else if (status == allot::region_status::not_free) check_only_coalesced(before);
        else check_nothing_changed(before);
        check();
        return status;
    }

    // --- requests ---------------------------------------------------------------------------------------------------

    void* allocate(std::size_t bytes, std::size_t alignment = granule) {
        const snapshot before = look();
        return settle(heap_.allocate(bytes, alignment), bytes, alignment, before);
    }

    void* try_allocate(std::size_t bytes, std::size_t alignment = granule) {
        const snapshot before = look();
        return settle(heap_.try_allocate(bytes, alignment), bytes, alignment, before);
    }

    void* allocate_zeroed(std::size_t bytes, std::size_t alignment = granule) {
        const snapshot before = look();
        void* const payload = heap_.allocate_zeroed(bytes, alignment);
        const auto* const content = static_cast<const unsigned char*>(payload);
        for (std::size_t i = 0; payload != nullptr && i < bytes; ++i)
            demand(content[i] == 0, "a zeroed payload is not zero");
        return settle(payload, bytes, alignment, before);
    }

    /// A payload whose chunk is exactly so many granules.
    void* take(std::size_t granules) {
        void* const payload = allocate(granules * granule - overhead);
        demand(payload != nullptr, "take: there is no room for it");
        demand(Heap::usable_size(payload) + overhead == granules * granule, "take: the chunk is larger than asked for");
        return payload;
    }

    void deallocate(void* payload) {
        look();
        forget(payload);
        heap_.deallocate(payload);
        check();
    }

    void deallocate(void* payload, std::size_t bytes, std::size_t alignment = granule) {
        look();
        forget(payload);
        heap_.deallocate(payload, bytes, alignment);
        check();
    }

    void* reallocate(void* payload, std::size_t bytes, std::size_t alignment = granule) {
        const snapshot before = look();
        const live_payload old = payload == nullptr ? live_payload{} : live_.at(payload);
        void* const moved = heap_.reallocate(payload, bytes, alignment);
        if (moved == nullptr) return settle(nullptr, bytes, alignment, before);
        check_content(moved, {old.usable < bytes ? old.usable : bytes, old.seed});
        live_.erase(payload);
        return settle(moved, bytes, alignment, before);
    }

    bool try_resize(void* payload, std::size_t bytes) {
        const snapshot before = look();
        const bool done = heap_.try_resize(payload, bytes);
        if (done) {
            const live_payload old = live_.at(payload);
            check_content(payload, {old.usable < bytes ? old.usable : bytes, old.seed});
            live_.erase(payload);
            settle(payload, bytes, granule, before);
        } else {
            check_nothing_changed(before);
        }
        return done;
    }

    void coalesce() {
        look();
        heap_.coalesce();
        demand(heap_.stats().cached_bytes == 0, "coalesce: chunks are still cached");
        check();
    }

    void deallocate_all() {
        while (!live_.empty()) deallocate(live_.begin()->first);
    }

    /// Everything that must be true between two calls.
    void check() const {
        demand(static_cast<bool>(heap_.verify()), "verify: the heap is not sound");
        demand(field_.are_guards_intact(), "memory outside every region was written");
        for (const auto& [payload, owned] : live_) check_content(payload, owned);
        check_books();
    }

private:
    struct live_payload {
        std::size_t usable = 0;
        unsigned seed = 0;
    };
    struct snapshot {
        std::vector<std::byte> image;
        allot::heap_stats stats;
        std::vector<allot::chunk_info> chunks;
    };

    snapshot look() const {
        check();
        return {field_.image(), stats_of(heap_), chunks_of(heap_)};
    }

    // --- results ----------------------------------------------------------------------------------------------------

    void* settle(void* payload, std::size_t bytes, std::size_t alignment, const snapshot& before) {
        if (payload != nullptr) adopt(payload, bytes, alignment);
        else check_refusal(bytes, alignment, before);
        check();
        return payload;
    }

    static bool is_possible(std::size_t bytes, std::size_t alignment) {
        return bytes <= Heap::max_request && alignment != 0 && (alignment & (alignment - 1)) == 0;
    }

    /// The model of the size of a chunk.
    static std::size_t chunk_size_for(std::size_t bytes) {
        const std::size_t whole = (bytes + overhead + granule - 1) / granule * granule;
        return whole < Heap::min_chunk_size ? Heap::min_chunk_size : whole;
    }

    void adopt(void* payload, std::size_t bytes, std::size_t alignment) {
        demand(is_possible(bytes, alignment), "an impossible request was granted");
        const std::size_t usable = Heap::usable_size(payload);
        demand(address_of(payload) % alignment == 0 && address_of(payload) % granule == 0, "a payload is not aligned");
        demand(usable >= bytes, "a payload is too small");
        demand(usable + overhead - chunk_size_for(bytes) < Heap::min_chunk_size, "a chunk is larger than it need be");
        demand(field_.is_given(static_cast<std::byte*>(payload) - overhead, usable + overhead),
               "a payload lies outside every region");
        demand(is_apart(payload, usable), "two payloads overlap");
        live_[payload] = {usable, ++seeds_};
        for (std::size_t i = 0; i < usable; ++i) static_cast<unsigned char*>(payload)[i] = pattern(seeds_, i);
    }

    bool is_apart(void* payload, std::size_t usable) const {
        const auto above = live_.lower_bound(payload);
        if (above != live_.end() && static_cast<std::byte*>(above->first) < static_cast<std::byte*>(payload) + usable)
            return false;
        if (above == live_.begin()) return true;
        const auto below = std::prev(above);
        return static_cast<std::byte*>(below->first) + below->second.usable <= payload;
    }

    void forget(void* payload) {
        if (payload != nullptr) demand(live_.erase(payload) == 1, "the test gives back what it does not hold");
    }

    // --- refusals ---------------------------------------------------------------------------------------------------

    void check_refusal(std::size_t bytes, std::size_t alignment, const snapshot& before) const {
        if (!is_possible(bytes, alignment)) return check_nothing_changed(before);
        check_only_coalesced(before);
        for (const allot::chunk_info& chunk : before.chunks) {
            const bool is_fit = chunk.state == allot::chunk_state::free && has_room(chunk, bytes, alignment);
            demand(!(is_fit && before.stats.free_chunks <= search_looks),
                   "a request was refused although a free chunk fits");
        }
    }

    static bool has_room(const allot::chunk_info& chunk, std::size_t bytes, std::size_t alignment) {
        const std::size_t past = address_of(chunk.payload) % alignment;
        std::size_t lead = past == 0 ? 0 : alignment - past;
        if (lead != 0 && lead < Heap::min_chunk_size) lead += alignment;
        return lead <= chunk.bytes && chunk_size_for(bytes) <= chunk.bytes - lead;
    }

    void check_nothing_changed(const snapshot& before) const {
        demand(field_.image() == before.image, "a call that failed has written to memory");
        const allot::heap_stats now = stats_of(heap_);
        demand(std::memcmp(&now, &before.stats, sizeof now) == 0, "a call that failed has changed the numbers");
    }

    void check_only_coalesced(const snapshot& before) const {
        if (before.stats.cached_bytes == 0) return check_nothing_changed(before);
        const allot::heap_stats now = stats_of(heap_);
        demand(now.in_use_bytes == before.stats.in_use_bytes && now.in_use_chunks == before.stats.in_use_chunks,
               "a call that failed has changed what is in use");
        demand(now.cached_bytes <= before.stats.cached_bytes, "a call that failed has cached a chunk");
        if (now.cached_bytes == before.stats.cached_bytes) check_nothing_changed(before);
    }

    // --- the books --------------------------------------------------------------------------------------------------

    static unsigned char pattern(unsigned seed, std::size_t at) {
        return static_cast<unsigned char>(seed * 151 + at * 7 + (at >> 8));
    }

    static void check_content(const void* payload, const live_payload& owned) {
        const auto* const content = static_cast<const unsigned char*>(payload);
        for (std::size_t i = 0; i < owned.usable; ++i)
            demand(content[i] == pattern(owned.seed, i), "a payload was overwritten");
    }

    /// The numbers of the heap, its walk and the books of the test say the same.
    void check_books() const {
        const allot::heap_stats stats = stats_of(heap_);
        allot::heap_stats walked{};
        for (const allot::chunk_info& chunk : chunks_of(heap_)) count(chunk, walked);
        walked.largest_free = largest_run();
        demand(walked.in_use_chunks == live_.size(), "the walk and the test differ in what is in use");
        demand(stats.in_use_bytes == walked.in_use_bytes && stats.in_use_chunks == walked.in_use_chunks,
               "stats and walk differ in what is in use");
        demand(stats.free_bytes == walked.free_bytes && stats.free_chunks == walked.free_chunks,
               "stats and walk differ in what is free");
        demand(stats.largest_free <= walked.largest_free, "stats promise a larger chunk than there is");
        if (stats.free_chunks <= search_looks) {
            demand(stats.largest_free == walked.largest_free, "stats and walk differ in the largest free chunk");
        }
        demand(stats.cached_bytes == walked.cached_bytes, "stats and walk differ in what is cached");
        demand(stats.region_bytes == stats.in_use_bytes + stats.free_bytes + stats.cached_bytes + stats.overhead_bytes,
               "the numbers do not add up to the regions");
        demand(stats.region_bytes == field_.given_bytes(), "the heap has other regions than it was given");
        demand(stats.peak_in_use_bytes >= stats.in_use_bytes, "the peak is below what is in use");
    }

    void count(const allot::chunk_info& chunk, allot::heap_stats& walked) const {
        if (chunk.state == allot::chunk_state::cached) walked.cached_bytes += chunk.bytes;
        if (chunk.state == allot::chunk_state::in_use) {
            const auto owned = live_.find(const_cast<void*>(chunk.payload));
            demand(owned != live_.end() && owned->second.usable + overhead == chunk.bytes,
                   "the walk shows a chunk that nobody owns");
            walked.in_use_bytes += chunk.bytes;
            ++walked.in_use_chunks;
        }
        if (chunk.state == allot::chunk_state::free) {
            walked.free_bytes += chunk.bytes;
            ++walked.free_chunks;
        }
    }

    /// The largest chunk that there would be if all that is cached had merged.
    std::size_t largest_run() const {
        std::size_t largest = 0;
        std::size_t run = 0;
        const void* expected = nullptr;
        for (const allot::chunk_info& chunk : chunks_of(heap_)) {
            if (chunk.payload != expected || chunk.state == allot::chunk_state::in_use) run = 0;
            if (chunk.state != allot::chunk_state::in_use) run += chunk.bytes;
            if (run > largest) largest = run;
            expected = static_cast<const std::byte*>(chunk.payload) + chunk.bytes;
        }
        return largest;
    }

    memory_field field_;
    Heap heap_;
    std::map<void*, live_payload> live_;
    unsigned seeds_ = 0;
};

}  // namespace allot_test
