#include "life.hpp"

#include <algorithm>
#include <random>
#include <string>

namespace fuzz {
namespace {

constexpr std::uint64_t most_cuts = 12;

std::size_t address_of(const void* pointer) { return allot::direct_memory::address_of(pointer); }

}  // namespace

life::life(const configuration& lived, const life_plan& plan)
    : config_(lived),
      shape_(lived.shape),
      area_(plan.arena_bytes, static_cast<std::size_t>(plan.layout)),
      heap_(lived.make()),
      regions_(shape_),
      inspect_every_(plan.arena_bytes <= 4096 ? 1 : plan.arena_bytes / 512) {
    heap_->supply_from(*this);
    std::mt19937_64 random(plan.layout);
    cuts_ = {area_.start(), area_.end()};
    for (std::uint64_t left = random() % most_cuts; left != 0; --left) {
        const std::size_t offset = static_cast<std::size_t>(random()) % area_.bytes();
        cuts_.push_back(area_.start() + (random() % 2 == 0 ? offset : offset & ~std::size_t{15}));
    }
    std::sort(cuts_.begin(), cuts_.end());
}

void life::apply(const operation& step) {
    mood_ = step.pick;
    has_asked_ = was_supplied_ = may_ask_source_ = false;
    switch (step.what) {
        case verb::allocate:
        case verb::try_allocate:
        case verb::allocate_zeroed: do_allocate(step); break;
        case verb::deallocate:
        case verb::deallocate_sized: do_deallocate(step); break;
        case verb::reallocate: do_reallocate(step); break;
        case verb::try_resize: do_try_resize(step); break;
        case verb::add_region: do_add_region(step); break;
        case verb::remove_region: do_remove_region(step); break;
        case verb::coalesce: do_coalesce(); break;
    }
    may_ask_source_ = false;
    if (++steps_ % inspect_every_ != 0) return;
    check_largest_free();
    inspect();
}

void life::end() {
    inspect();
    while (!live_.empty()) {
        const operation step{verb::deallocate, static_cast<std::uint32_t>(next_key_ * 2654435761u), 0, 0};
        ++next_key_;
        do_deallocate(step);
    }
    do_coalesce();
    inspect();
    const region_model::map left = regions_.all();
    for (const auto& [base, region] : left) {
        if (heap_->remove_region(arena::at(base), region.bytes) != allot::region_status::ok) {
            fail("remove_region: a region in which nothing is in use was not given back");
        }
        take_back(region);
    }
    inspect();
}

// --- allocate ----------------------------------------------------------------------------------------------------------

void* life::call_allocate(const operation& step, const request& wanted) {
    if (step.what == verb::try_allocate) return heap_->try_allocate(wanted.bytes, wanted.alignment);
    if (step.what == verb::allocate_zeroed) return heap_->allocate_zeroed(wanted.bytes, wanted.alignment);
    if (wanted.alignment == shape_.granule && step.pick % 2 == 0) return heap_->allocate(wanted.bytes);
    return heap_->allocate(wanted.bytes, wanted.alignment);
}

void life::do_allocate(const operation& step) {
    const request wanted{step.bytes, step.alignment};
    const bool is_lost = !is_sensible(wanted) || gaps_.largest() < chunk_size_for(wanted.bytes);
    if (is_lost && is_sensible(wanted) && step.pick % 4 == 1) do_coalesce();
    take_image(is_lost);
    may_ask_source_ = step.what != verb::try_allocate;
    current_ = wanted;
    void* payload = call_allocate(step, wanted);
    if (payload == nullptr) {
        if (is_sensible(wanted) && is_promised(wanted)) fail("allocate: null although a free chunk fits");
        if (was_supplied_) fail("allocate: null although the source gave a region");
        return check_image(is_sensible(wanted));
    }
    if (!is_sensible(wanted)) fail("allocate: a request that makes no sense was met");
    const live_payload made = checked_new(payload, wanted);
    if (step.what == verb::allocate_zeroed) {
        const bool is_zero = std::all_of(made.at, made.at + wanted.bytes, [](unsigned char byte) { return byte == 0; });
        if (!is_zero) fail("allocate_zeroed: a byte is not zero");
    }
    hand_over(made);
}

life::live_payload life::checked_new(void* payload, const request& wanted) {
    const std::size_t usable = heap_->usable_size(payload);
    const std::size_t size = usable + shape_.word;
    const std::size_t alignment = std::max(wanted.alignment, shape_.granule);
    if (address_of(payload) % alignment != 0) fail("a payload is not aligned as requested");
    if (usable < wanted.bytes) fail("a payload is smaller than requested");
    if (size % shape_.granule != 0) fail("a chunk is not a multiple of the granule");
    if (size >= chunk_size_for(wanted.bytes) + shape_.min_chunk) fail("a chunk is larger than it need be");
    return {static_cast<unsigned char*>(payload), wanted.bytes, usable, wanted.alignment, next_key_++};
}

/// The caller's part: writes every usable byte of a payload that the model has not seen before.
void life::hand_over(live_payload made) {
    const gap chunk = chunk_of(made);
    gaps_.take(chunk.start, chunk.end);
    in_use_bytes_ += chunk.bytes();
    least_peak_ = std::max(least_peak_, in_use_bytes_);
    mark_undefined(made.at, made.usable);
    pattern::fill(made.at, made.usable, made.key);
    live_.push_back(made);
}

// --- deallocate --------------------------------------------------------------------------------------------------------

void life::do_deallocate(const operation& step) {
    if (live_.empty()) {
        take_image(true);
        heap_->deallocate(nullptr);
        heap_->deallocate(nullptr, step.bytes, step.alignment);
        return check_image(false);
    }
    live_payload& gone = picked(step);
    const live_payload freed = gone;
    check_content(freed, freed.usable);
    mark_undefined(freed.at, freed.usable);
    forget(gone);  // before the call: a source that gets its region back finds the model up to date
    if (step.what == verb::deallocate) heap_->deallocate(freed.at);
    else heap_->deallocate(freed.at, freed.requested, freed.alignment);
    check_nothing_kept_from_source();
}

void life::forget(live_payload& gone) {
    give_up_room_of(gone);
    gone = live_.back();
    live_.pop_back();
}

void life::give_up_room_of(const live_payload& gone) {
    const gap chunk = chunk_of(gone);
    gaps_.give(chunk.start, chunk.end);
    in_use_bytes_ -= chunk.bytes();
}

/// The old room of a payload that moves becomes free when its region goes back to the source, or when all is done.
void life::give_up_moved() {
    if (moving_ != nullptr) give_up_room_of(*moving_);
    moving_ = nullptr;
}

/// The same of what a payload has lost that stays and is shortened.
void life::give_up_tail() {
    if (moving_ == nullptr) return;
    const gap chunk = chunk_of(*moving_);
    const std::size_t kept = chunk_size_for(current_.bytes);
    if (chunk.bytes() < kept + shape_.min_chunk) return;
    gaps_.give(chunk.start + kept, chunk.end);
    in_use_bytes_ -= chunk.bytes() - kept;
    moving_->usable = kept - shape_.word;
}

// --- reallocate --------------------------------------------------------------------------------------------------------

void life::reallocate_nothing(const request& wanted) {
    void* payload = heap_->reallocate(nullptr, wanted.bytes, wanted.alignment);
    if (payload != nullptr) return hand_over(checked_new(payload, wanted));
    if (is_sensible(wanted) && is_promised(wanted)) fail("reallocate: null although a free chunk fits");
    check_image(is_sensible(wanted));
}

void life::do_reallocate(const operation& step) {
    const request wanted{step.bytes, step.alignment};
    const bool is_lost = !is_sensible(wanted) || gaps_.largest() < chunk_size_for(wanted.bytes) / 4;
    take_image(is_lost);
    may_ask_source_ = true;
    current_ = wanted;
    if (live_.empty() || step.pick % 64 == 0) return reallocate_nothing(wanted);
    live_payload& owned = picked(step);
    check_content(owned, owned.usable);
    moving_ = &owned;
    void* payload = heap_->reallocate(owned.at, wanted.bytes, wanted.alignment);
    if (payload == nullptr) {
        moving_ = nullptr;
        check_content(owned, owned.usable);
        if (is_sensible(wanted) && (fits_near(owned, wanted) || is_promised(wanted))) {
            fail("reallocate: null although there is room");
        }
        return check_image(is_sensible(wanted));
    }
    if (!is_sensible(wanted)) fail("reallocate: a request that makes no sense was met");
    if (payload == owned.at) keep_in_place(owned, wanted);
    else move(owned, payload, wanted);
    moving_ = nullptr;
}

void life::keep_in_place(live_payload& kept, const request& wanted) {
    const live_payload old = kept;
    const live_payload made = checked_new(kept.at, wanted);
    check_content(old, std::min(old.usable, wanted.bytes));
    forget(kept);
    hand_over(made);
    check_nothing_kept_from_source();
}

void life::move(live_payload& moved, void* to, const request& wanted) {
    live_payload made = checked_new(to, wanted);
    const std::uint64_t own_key = made.key;
    made.key = moved.key;
    check_content(made, std::min(moved.usable, wanted.bytes));
    made.key = own_key;
    give_up_moved();
    moved = live_.back();
    live_.pop_back();
    hand_over(made);
    check_nothing_kept_from_source();
}

// --- try_resize --------------------------------------------------------------------------------------------------------

void life::do_try_resize(const operation& step) {
    take_image(step.bytes > shape_.max_request);
    if (live_.empty()) {
        if (heap_->try_resize(nullptr, step.bytes)) fail("try_resize: there is nothing to resize");
        return check_image(false);
    }
    live_payload& owned = picked(step);
    check_content(owned, owned.usable);
    const bool had_cached = heap_->stats().cached_bytes != 0;
    current_ = {step.bytes, owned.alignment};
    moving_ = &owned;
    const bool is_done = heap_->try_resize(owned.at, step.bytes);
    moving_ = nullptr;
    if (is_done) return keep_in_place(owned, current_);
    check_content(owned, owned.usable);
    if (step.bytes <= shape_.max_request && !had_cached) {
        const gap chunk = chunk_of(owned);
        const std::size_t room = chunk.bytes() + gaps_.starting_at(chunk.end).bytes();
        if (chunk_size_for(step.bytes) <= room) fail("try_resize: false although there is room");
    }
    check_image(false);
}

void life::do_coalesce() {
    heap_->coalesce();
    if (is_small() && heap_->stats().cached_bytes != 0) fail("coalesce: a chunk is still cached");
    check_nothing_kept_from_source();
}

}  // namespace fuzz
