// What the model says of a request, and how a heap is looked at.
#include "life.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

namespace fuzz {

// --- requests ----------------------------------------------------------------------------------------------------------

std::size_t life::chunk_size_for(std::size_t bytes) const {
    const std::size_t mask = shape_.granule - 1;
    return std::max((bytes + shape_.word + mask) & ~mask, shape_.min_chunk);
}

bool life::is_sensible(const request& wanted) const {
    return wanted.bytes <= shape_.max_request && std::has_single_bit(wanted.alignment);
}

/// True if a chunk of `size` bytes with an aligned payload lies somewhere in `space`, what is below it being a chunk.
bool life::fits_in(const gap& space, std::size_t size, std::size_t alignment) const {
    const std::size_t payload = space.start + shape_.word;
    std::size_t lead = (alignment - payload % alignment) % alignment;
    while (lead != 0 && lead < shape_.min_chunk) lead += alignment;
    return lead <= space.bytes() && size <= space.bytes() - lead;
}

bool life::fits_somewhere(const request& wanted) const {
    const std::size_t size = chunk_size_for(wanted.bytes);
    const std::size_t alignment = std::max(wanted.alignment, shape_.granule);
    if (alignment == shape_.granule) return gaps_.largest() >= size;
    return gaps_.any_of_at_least(size, [&](const gap& space) { return fits_in(space, size, alignment); });
}

/// The smallest chunk size of the lowest bin all of whose chunks have at least `size` bytes.
std::size_t life::rounded_to_bin(std::size_t size) const {
    if (size < shape_.exact_bin_limit) return size;
    const std::size_t width = std::bit_floor(size) / shape_.bin_subdivision;
    const std::size_t rounded = (size + width - 1) / width * width;
    return rounded < size ? SIZE_MAX : rounded;  // with one bin a doubling the next one may begin beyond all numbers
}

bool life::is_top(const gap& space) const {
    const auto home = regions_.around(space.start, space.bytes());
    return home != regions_.all().end() && regions_.tiles_of(home->second).fencepost == space.end;
}

/// True if a request must be met: there is a gap in which it fits, and the search may look at every one. A heap with more gaps
/// than that promises less: chunks in a bin that is sure to hold a fit, and the top of a region that was always the only one.
bool life::is_promised(const request& wanted) const {
    if (gaps_.count() <= shape_.search_looks) return fits_somewhere(wanted);
    const std::size_t size = chunk_size_for(wanted.bytes);
    const std::size_t alignment = std::max(wanted.alignment, shape_.granule);
    const std::size_t padded = size + (alignment == shape_.granule ? 0 : alignment + shape_.min_chunk);
    const bool wraps = padded < size;
    return gaps_.any_of_at_least(size, [&](const gap& space) {
        if (most_regions_ == 1 && is_top(space)) return fits_in(space, size, alignment);
        return !wraps && space.bytes() >= rounded_to_bin(padded);
    });
}

/// True if a payload can have the room where it is, or downward from there.
bool life::fits_near(const live_payload& owned, const request& wanted) const {
    const gap chunk = chunk_of(owned);
    const std::size_t size = chunk_size_for(wanted.bytes);
    const std::size_t alignment = std::max(wanted.alignment, shape_.granule);
    const gap above = gaps_.starting_at(chunk.end);
    const gap below = gaps_.ending_at(chunk.start);
    if ((chunk.start + shape_.word) % alignment == 0 && size <= above.end - chunk.start) return true;
    const gap all{below.start, above.end};
    return below.bytes() != 0 && fits_in(all, size, alignment) &&
           fits_in({below.start, below.end + size}, size, alignment);
}

gap life::chunk_of(const live_payload& owned) const {
    const std::size_t start = allot::direct_memory::address_of(owned.at) - shape_.word;
    return {start, start + shape_.word + owned.usable};
}

// --- calls that fail ---------------------------------------------------------------------------------------------------

/// Remembers all bytes of all regions if the call to come is likely to fail. Of large heaps, only now and then.
void life::take_image(bool is_lost_call) {
    const std::size_t rarity = area_.bytes() / 4096;
    before_.is_taken = is_small() || (is_lost_call && (rarity < 2 || mood_ / 64 % rarity == 0));
    if (!before_.is_taken) return;
    const quiet none_reported;
    before_.stats = heap_->stats();
    before_.bytes.clear();
    for (const auto& [base, region] : regions_.all()) {
        before_.bytes.insert(before_.bytes.end(), arena::at(base), arena::at(base) + region.bytes);
    }
}

/// Compares them after a call that failed. Cached chunks may have been coalesced where `may_coalesce`.
void life::check_image(bool may_coalesce) {
    const bool is_comparable = before_.is_taken && !was_supplied_ && !(may_coalesce && before_.stats.cached_bytes != 0);
    ++progress().refused_calls;
    if (!is_comparable) return;
    ++progress().compared_refusals;
    const quiet none_reported;
    const unsigned char* bytes = before_.bytes.data();
    for (const auto& [base, region] : regions_.all()) {
        if (std::memcmp(bytes, arena::at(base), region.bytes) != 0) fail("a call that failed changed the heap image");
        bytes += region.bytes;
    }
    const allot::heap_stats now = heap_->stats();
    if (std::memcmp(&now, &before_.stats, sizeof(now)) != 0) fail("a call that failed changed the stats");
}

// --- everything --------------------------------------------------------------------------------------------------------

/// What the stats call the largest free chunk can be had.
void life::check_largest_free() {
    const std::size_t largest = heap_->stats().largest_free;
    if (largest == 0 || shape_.has_source) return;
    void* const payload = heap_->try_allocate(largest - shape_.word, shape_.granule);
    if (payload == nullptr) fail("largest_free is more than can be had");
    heap_->deallocate(payload);
    least_peak_ = std::max(least_peak_, in_use_bytes_ + largest);
}

void life::inspect() const {
    ++progress().inspections;
    const allot::verify_result result = heap_->verify();
    if (!result) fail("verify: invariant I" + std::to_string(static_cast<int>(result.broken)) + " is broken");
    check_stats();
    check_walk();
    for (const region_span& closed : regions_.outside(area_.start() - 256, area_.end() + 256)) {
        arena::check_closed(closed.base, closed.end());
    }
}

void life::check_stats() const {
    const allot::heap_stats now = heap_->stats();
    const auto expect = [](bool is_right, const char* what) {
        if (!is_right) fail(std::string("stats: ") + what);
    };
    expect(now.regions == regions_.all().size(), "regions");
    expect(now.region_bytes == regions_.bytes(), "region_bytes");
    expect(now.in_use_chunks == live_.size(), "in_use_chunks");
    expect(now.in_use_bytes == in_use_bytes_, "in_use_bytes");
    expect(now.free_bytes + now.cached_bytes == gaps_.total(), "free_bytes + cached_bytes");
    expect(now.overhead_bytes == now.region_bytes - now.in_use_bytes - gaps_.total(), "overhead_bytes");
    expect(now.peak_in_use_bytes >= least_peak_, "peak_in_use_bytes");
    expect(now.largest_free <= gaps_.largest(), "largest_free");
    if (gaps_.count() <= shape_.search_looks) expect(now.largest_free == gaps_.largest(), "largest_free");
    if (now.cached_bytes != 0) return;
    expect(now.free_chunks == gaps_.count(), "free_chunks");
}

/// The walk shows every payload that is out, once, in address order, and nothing but gaps between them.
void life::check_walk() const {
    std::vector<gap> chunks;
    for (const live_payload& owned : live_) chunks.push_back(chunk_of(owned));
    std::sort(chunks.begin(), chunks.end(), [](const gap& a, const gap& b) { return a.start < b.start; });
    auto next = chunks.begin();
    std::size_t reached = 0;
    heap_->for_each_chunk([&](const allot::chunk_info& seen) {
        const std::size_t start = allot::direct_memory::address_of(seen.payload) - shape_.word;
        if (start < reached) fail("for_each_chunk: not in address order");
        reached = start + seen.bytes;
        if (seen.state != allot::chunk_state::in_use) {
            if (gaps_.around(start, reached).bytes() == 0)
                fail("for_each_chunk: a payload that is out is shown as free");
            return;
        }
        if (next == chunks.end() || next->start != start || next->end != reached) {
            fail("for_each_chunk: a chunk in use that nobody owns");
        }
        ++next;
    });
    if (next != chunks.end()) fail("for_each_chunk: a payload that is out is not shown");
}

void life::check_content(const live_payload& owned, std::size_t bytes) const {
    if (!pattern::matches(owned.at, bytes, owned.key)) fail("the content of a payload has changed");
}

}  // namespace fuzz
