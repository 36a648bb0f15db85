// The life of regions: given, refused, taken back, asked of a source.
#include "life.hpp"

#include <algorithm>
#include <cstring>

namespace fuzz {

using allot::region_status;

// --- add_region --------------------------------------------------------------------------------------------------------

/// A span between two cuts, or the whole arena, or, now and then, one that no heap can take.
region_span life::place_to_add(const operation& step) const {
    const std::size_t a = cuts_[step.pick % cuts_.size()];
    const std::size_t b = cuts_[step.bytes % cuts_.size()];
    if (step.alignment == 1) return {0, step.bytes, giver::caller};
    if (step.alignment == 2) return {a, ~std::size_t{0} - a + 1 - step.bytes % 2, giver::caller};
    if (step.alignment == 3) return {a, std::min(step.bytes % 100, area_.end() - a), giver::caller};
    if (step.alignment == 4) return {area_.start(), area_.bytes(), giver::caller};
    return {std::min(a, b), std::max(a, b) - std::min(a, b), giver::caller};
}

void life::do_add_region(const operation& step) {
    const region_span place = place_to_add(step);
    const bool is_inside = place.base >= area_.start() && place.bytes <= area_.end() - place.base;
    const bool has_room = !shape_.takes_one_region || regions_.all().empty();
    const bool is_welcome = has_room && is_inside && regions_.is_big_enough(place.base, place.bytes) &&
                            !regions_.is_too_large(place) && !regions_.overlaps(place.base, place.bytes);
    take_image(!is_welcome);
    if (is_welcome) arena::open(place.base, place.end());
    void* base = allot::direct_memory::pointer_to(place.base);
    const region_status status = heap_->add_region(base, place.bytes);
    if (status == region_status::ok) {
        if (!is_welcome) fail("add_region: a span that cannot be a region was taken");
        return add(place);
    }
    check_image(false);
    if (!is_welcome) return check_refused_add(status, place);
    if (!shape_.has_short_reach || status != region_status::out_of_reach) fail("add_region: a good span was refused");
    arena::close(place.base, place.end());
}

/// A status must name something that is really wrong with the span.
void life::check_refused_add(region_status status, const region_span& refused) const {
    const bool wraps = refused.base + refused.bytes < refused.base || refused.base + refused.bytes == 0;
    const bool is_null = refused.base == 0;
    bool is_right = false;
    switch (status) {
        case region_status::null_base: is_right = is_null; break;
        case region_status::wraps_address_space: is_right = wraps && refused.bytes != 0; break;
        case region_status::too_small:
            is_right = !is_null && !wraps && !regions_.is_big_enough(refused.base, refused.bytes);
            break;
        case region_status::overlaps: is_right = !wraps && regions_.overlaps(refused.base, refused.bytes); break;
        case region_status::out_of_reach:
            is_right = !wraps && (regions_.is_too_large(refused) || shape_.has_short_reach);
            break;
        case region_status::only_one: is_right = !wraps && shape_.takes_one_region && !regions_.all().empty(); break;
        case region_status::ok:
        case region_status::not_free: break;
    }
    if (!is_right) fail("add_region: the status names the wrong reason");
}

void life::add(const region_span& added) {
    const tiles made = regions_.add(added);
    most_regions_ = std::max(most_regions_, regions_.all().size());
    gaps_.give(made.first, made.fencepost);
}

// --- remove_region -----------------------------------------------------------------------------------------------------

/// A region, an end of one, or a span between two cuts.
region_span life::place_to_remove(const operation& step) const {
    const std::size_t a = cuts_[step.pick % cuts_.size()];
    const std::size_t b = cuts_[step.bytes % cuts_.size()];
    const region_span any{std::min(a, b), std::max(a, b) - std::min(a, b), giver::caller};
    if (step.alignment == 1) return {0, step.bytes, giver::caller};
    if (step.alignment == 2) return {a, ~std::size_t{0} - a + 1, giver::caller};
    if (step.alignment == 3 || regions_.all().empty()) return any;
    auto chosen = regions_.all().begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(step.pick % regions_.all().size()));
    const region_span& whole = chosen->second;
    const std::size_t part = step.bytes % whole.bytes + 1;
    if (step.alignment == 4) return {whole.base, part, giver::caller};
    if (step.alignment == 5) return {whole.end() - part, part, giver::caller};
    return whole;
}

void life::do_remove_region(const operation& step) {
    const region_span place = place_to_remove(step);
    const auto owner = regions_.around(place.base, place.bytes);
    if (owner != regions_.all().end() && owner->second.given_by == giver::source) return;  // not the caller's to take
    const bool is_possible = owner != regions_.all().end() && can_take_back(place);
    take_image(!is_possible);
    const region_status status = heap_->remove_region(allot::direct_memory::pointer_to(place.base), place.bytes);
    if (status == region_status::ok) {
        if (!is_possible) fail("remove_region: a span that is not free, or not an end, was given back");
        return take_back(place);
    }
    if (is_possible) fail("remove_region: a free end was not given back");
    if (status == region_status::null_base && place.base != 0) fail("remove_region: the base is not null");
    if (status == region_status::overlaps || status == region_status::out_of_reach)
        fail("remove_region: an odd status");
    check_image(status == region_status::not_free);
}

bool life::can_take_back(const region_span& removed) const {
    if (removed.bytes == 0) return false;
    const region_span whole = regions_.around(removed.base, removed.bytes)->second;
    if (removed.bytes == whole.bytes) {
        const tiles all = regions_.tiles_of(whole);
        return gaps_.around(all.first, all.fencepost).bytes() == all.fencepost - all.first;
    }
    if (removed.end() == whole.end())
        return can_cut_to({whole.base, whole.bytes - removed.bytes, whole.given_by}, whole);
    if (removed.base == whole.base)
        return can_cut_to({removed.end(), whole.bytes - removed.bytes, whole.given_by}, whole);
    return false;
}

/// True if what leaves with the cut is free, and what stays of the gap is a chunk or nothing.
bool life::can_cut_to(const region_span& left, const region_span& whole) const {
    if (!regions_.is_big_enough(left.base, left.bytes)) return false;
    const tiles now = regions_.tiles_of(whole);
    const tiles then = regions_.tiles_of(left);
    const bool is_lower_end = left.base != whole.base;
    const gap space = is_lower_end ? gaps_.starting_at(now.first) : gaps_.ending_at(now.fencepost);
    if (space.bytes() == 0) return false;
    const bool reaches = is_lower_end ? then.first <= space.end : space.start <= then.fencepost;
    const std::size_t rest = is_lower_end ? space.end - then.first : then.fencepost - space.start;
    return reaches && (rest == 0 || rest >= shape_.min_chunk);
}

void life::take_back(const region_span& removed) {
    const region_span whole = regions_.around(removed.base, removed.bytes)->second;
    const tiles now = regions_.tiles_of(whole);
    regions_.remove(whole.base);
    if (removed.bytes == whole.bytes) {
        gaps_.take(now.first, now.fencepost);
    } else {
        const bool is_lower_end = removed.base == whole.base;
        const region_span left{is_lower_end ? removed.end() : whole.base, whole.bytes - removed.bytes, whole.given_by};
        const tiles then = regions_.tiles_of(left);
        if (is_lower_end) gaps_.take(now.first, then.first);
        else if (then.fencepost != now.fencepost) gaps_.take(then.fencepost, now.fencepost);
        regions_.restore(left);
    }
    arena::close(removed.base, removed.end());
}

// --- the source --------------------------------------------------------------------------------------------------------

/// Gives what is asked for and more, next to a region or away from it; or, as the mood says, nothing.
allot::memory_span life::acquire(std::size_t min_bytes) {
    static_cast<void>(heap_->stats());  // a source may look at the heap; behind a lock this shows that it is not held
    if (!may_ask_source_) fail("a call that must not ask the source asked it");
    if (!shape_.has_lanes && is_promised(current_)) fail("the source was asked although a free chunk fits");
    if (min_bytes < chunk_size_for(current_.bytes)) fail("the source was asked for less than the request");
    if (was_supplied_) fail("the source was asked again although it gave a region");
    if (has_asked_ && !was_supplied_) fail("the source was asked again although it had nothing");
    has_asked_ = true;
    if (mood_ % 3 == 0) return {};
    for (const region_span& room : regions_.outside(area_.start(), area_.end())) {
        if (room.bytes < min_bytes || min_bytes > shape_.largest_chunk / 2) continue;
        const std::size_t spare = room.bytes - min_bytes;
        const std::size_t extra = spare == 0 ? 0 : mood_ / 3 % spare % (4 * min_bytes);
        const region_span given =
            trimmed({mood_ % 2 == 0 ? room.base : room.end() - min_bytes - extra, min_bytes + extra, giver::source});
        if (given.bytes < min_bytes || regions_.is_too_large(given)) continue;
        arena::open(given.base, given.end());
        add(given);
        was_supplied_ = true;
        return {arena::at(given.base), given.bytes};
    }
    return {};
}

/// The part of a span that begins and ends at multiples of the granularity.
region_span life::trimmed(const region_span& span) const {
    const std::size_t mask = shape_.granularity - 1;
    const std::size_t base = (span.base + mask) & ~mask;
    const std::size_t end = span.end() & ~mask;
    return {base, end > base ? end - base : 0, span.given_by};
}

void life::purge(allot::memory_span span) {
    const std::size_t base = allot::direct_memory::address_of(span.base);
    const auto is_free = [&] { return gaps_.around(base, base + span.bytes).bytes() != 0; };
    if (!is_free()) give_up_tail();
    if (!is_free()) give_up_moved();
    if (!is_free()) fail("the source was to purge what is in use");
    std::memset(span.base, 0xEE, span.bytes);
}

void life::release(allot::memory_span span) {
    static_cast<void>(heap_->stats());
    const region_span gone{allot::direct_memory::address_of(span.base), span.bytes, giver::source};
    const auto found = regions_.around(gone.base, gone.bytes);
    const bool is_known = found != regions_.all().end() && found->second.given_by == giver::source &&
                          (shape_.granularity > 1 || found->second.bytes == span.bytes);
    if (!is_known) fail("the source was given a span that it did not give");
    if (gone.base % shape_.granularity != 0 || gone.end() % shape_.granularity != 0)
        fail("the source was given a part that is not cut as it says");
    if (!can_take_back(gone)) give_up_tail();
    if (!can_take_back(gone)) give_up_moved();
    if (!can_take_back(gone)) fail("the source was given a span that is in use");
    take_back(gone);
}

/// With nothing cached, a region of the source that is wholly free has gone back.
void life::check_nothing_kept_from_source() const {
    if (!shape_.has_source || heap_->stats().cached_bytes != 0) return;
    for (const auto& [base, region] : regions_.all()) {
        if (region.given_by == giver::source && can_take_back(region)) fail("a free region of the source was kept");
    }
}

}  // namespace fuzz
