// The two callers: their calls, and what each look shows.
#include "two_callers.hpp"

#include "pattern.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace fuzz {
namespace {

constexpr std::size_t most_payloads = 48;
constexpr std::size_t most_area_bytes = 32768;

/// Static as the pages of the supply are: compact links must reach both.
unsigned char* own_area() {
    alignas(page_supply::page) static unsigned char memory[most_area_bytes];
    return memory;
}

std::size_t address_of(const void* at) { return reinterpret_cast<std::size_t>(at); }

stretch common_part(const stretch& a, const stretch& b) {
    const std::size_t start = std::max(a.start, b.start);
    return {start, std::max(start, std::min(a.end, b.end))};
}

}  // namespace

two_callers::two_callers(any_heap& heap, const promise& promised, page_supply* supply, std::uint64_t seed)
    : heap_(heap), promised_(promised), supply_(supply), random_(seed), area_bytes_(most_area_bytes >> below(6)) {
    const std::size_t parts = 1 + below(2);
    for (std::size_t i = 0; i < parts; ++i) {
        const std::size_t gap = parts == 1 ? 0 : 64;
        const std::size_t bytes = area_bytes_ / parts - gap;
        const allot::region_status status = heap_.add_region(own_area() + i * (bytes + gap), bytes);
        if (status == allot::region_status::ok) given_bytes_ += bytes;
    }
    if (supply_ != nullptr) {
        supply_->on_call = [] { lock_was_dropped(); };
        supply_->on_loss = [this](const allot::memory_span& span) { check_unused(span); };
    }
    current() = this;
}

// --- calls ----------------------------------------------------------------------------------------------------------

void two_callers::step() {
    ++steps_;
    act(first_, choose(first_));
    if (one_in(4)) check_between_calls();
}

two_callers::verb two_callers::choose(const caller& who) {
    const bool grows = steps_ / 64 % 2 == 0;
    if (who.empty()) return verb::allocate;
    const std::size_t dice = below(100);
    if (dice < 2) return verb::coalesce;
    if (dice < 4 && !is_nested_) return dice == 2 ? verb::walk : verb::verify;
    if (dice < 10) return verb::try_resize;
    if (dice < 50) return verb::reallocate;
    const bool gives_back = who.size() == most_payloads || below(100) < (grows ? 35 : 65);
    return gives_back ? verb::deallocate : verb::allocate;
}

wanted_payload two_callers::choose_request() {
    const std::size_t dice = below(10);
    const std::size_t limit = dice < 5 ? 300 : dice < 8 ? 3000 : area_bytes_ / 2;
    const std::size_t alignment = one_in(4) ? promised_.granule << below(7) : promised_.granule;
    return {below(limit), alignment};
}

void two_callers::act(caller& who, verb what) {
    if (what == verb::allocate) return allocate(who);
    if (what == verb::deallocate) return deallocate(who);
    if (what == verb::reallocate) return reallocate(who);
    if (what == verb::try_resize) return try_resize(who);
    if (what == verb::walk) return walk();
    if (what == verb::verify) return verify();
    start({verb::coalesce});
    heap_.coalesce();
    finish();
}

void two_callers::allocate(caller& who) {
    const wanted_payload wanted = choose_request();
    const auto make = [&] { return heap_.allocate(wanted.bytes, wanted.alignment); };
    adopt(who, request({verb::allocate, wanted}, make), wanted);
}

void two_callers::deallocate(caller& who) {
    const owned_payload owned = disown(who);
    start({verb::deallocate});
    heap_.deallocate(owned.at);
    finish();
}

void two_callers::reallocate(caller& who) {
    const wanted_payload wanted = choose_request();
    const owned_payload owned = disown(who);
    void* const moved = request({verb::reallocate, wanted, chunk_of(owned)},
                                [&] { return heap_.reallocate(owned.at, wanted.bytes, wanted.alignment); });
    if (moved == nullptr) return adopt(who, owned.at, {owned.usable, promised_.granule});
    check_content({static_cast<unsigned char*>(moved), 0, owned.key}, std::min(owned.usable, wanted.bytes));
    adopt(who, moved, wanted);
}

void two_callers::try_resize(caller& who) {
    const wanted_payload wanted{choose_request().bytes, promised_.granule};
    const owned_payload owned = disown(who);
    start({verb::try_resize, wanted, chunk_of(owned)});
    const bool is_done = heap_.try_resize(owned.at, wanted.bytes);
    finish();
    const std::size_t bytes = is_done ? wanted.bytes : owned.usable;
    check_content(owned, std::min(owned.usable, bytes));
    adopt(who, owned.at, {bytes, promised_.granule});
}

void two_callers::walk() {
    standing_ = settled_;
    std::size_t end = 0;
    start({verb::walk});
    heap_.walk([&](const allot::chunk_info& chunk) {
        const std::size_t begin = address_of(chunk.payload) - promised_.word;
        if (begin < end) fail("walk: a byte is visited twice");
        end = begin + chunk.bytes;
        const auto found = standing_.find(begin);
        if (found == standing_.end()) return;
        if (found->second != end || chunk.state != allot::chunk_state::in_use) fail("walk: a payload is shown wrong");
        standing_.erase(found);
    });
    finish();
    if (!standing_.empty()) fail("walk: a payload that stood all the time was left out");
}

void two_callers::verify() {
    start({verb::verify});
    const allot::verify_result result = heap_.verify();
    finish();
    if (!result) fail("verify: it takes what others do for a broken invariant");
}

/// The second's calls run within one of the first: `running_` stays the first's, and what they ask a source is theirs.
void two_callers::start(const running_call& call) {
    if (is_nested_) return;
    running_ = call;
    note_owned(0);
}
void two_callers::finish() {
    if (!is_nested_) running_ = {};
}

template <class Call>
void* two_callers::request(const running_call& call, Call&& make) {
    picture seen = take_picture();
    const bool is_promised = promised_.is_kept(seen, call.wanted);
    const std::size_t asked = supply_ == nullptr ? 0 : supply_->asked;
    const std::size_t served = supply_ == nullptr ? 0 : supply_->served;
    start(call);
    void* const payload = make();
    finish();
    const std::size_t questions = supply_ == nullptr ? 0 : supply_->asked - asked;
    if (is_promised && questions != 0) fail("a source was asked although enough was free");
    if (is_promised && payload == nullptr) fail("a request failed although enough was free");
    if (questions > 1) fail("a source was asked " + std::to_string(questions) + " times for one request");
    if (payload != nullptr || supply_ == nullptr) return payload;
    if (questions == 0) fail("a request failed, and the source was not asked");
    if (supply_->served != served) fail("a request failed with what the source gave");
    return payload;
}

// --- payloads -------------------------------------------------------------------------------------------------------

stretch two_callers::chunk_of(const owned_payload& owned) const {
    const std::size_t start = address_of(owned.at) - promised_.word;
    return {start, start + promised_.word + owned.usable};
}

void two_callers::adopt(caller& who, void* payload, const wanted_payload& wanted) {
    if (payload == nullptr) return;
    const owned_payload owned{static_cast<unsigned char*>(payload), heap_.usable_size(payload), ++keys_};
    if (address_of(payload) % wanted.alignment != 0) fail("a payload is not aligned");
    if (owned.usable < wanted.bytes) fail("a payload is too small");
    const stretch chunk = chunk_of(owned);
    const auto above = settled_.lower_bound(chunk.start);
    if (above != settled_.end() && above->first < chunk.end) fail("two payloads overlap");
    if (above != settled_.begin() && std::prev(above)->second > chunk.start) fail("two payloads overlap");
    settled_.emplace(chunk.start, chunk.end);
    settled_bytes_ += chunk.bytes();
    pattern::fill(owned.at, owned.usable, owned.key);
    who.push_back(owned);
    note_owned(0);
}

/// From here on the payload is no longer among those that must not change their place.
two_callers::owned_payload two_callers::disown(caller& who) {
    std::swap(who[below(who.size())], who.back());
    const owned_payload owned = who.back();
    who.pop_back();
    check_content(owned, owned.usable);
    settled_.erase(chunk_of(owned).start);
    standing_.erase(chunk_of(owned).start);
    settled_bytes_ -= chunk_of(owned).bytes();
    return owned;
}

void two_callers::check_content(const owned_payload& owned, std::size_t bytes) const {
    if (!pattern::matches(owned.at, bytes, owned.key)) fail("the content of a payload has changed");
}

void two_callers::check_unused(const allot::memory_span& span) const {
    const std::size_t start = address_of(span.base);
    const auto above = settled_.lower_bound(start + span.bytes);
    if (above != settled_.begin() && std::prev(above)->second > start) fail("source: a span in use is taken");
}

// --- between two locks ----------------------------------------------------------------------------------------------

void two_callers::between() {
    if (is_nested_ || running_.what == verb::none) return;
    is_nested_ = true;
    const std::size_t asked = supply_ == nullptr ? 0 : supply_->asked;
    const std::size_t served = supply_ == nullptr ? 0 : supply_->served;
    note_owned(0);
    const bool is_moving = running_.what == verb::reallocate;
    if (is_moving || one_in(4)) look();
    act(second_, choose(second_));
    if (is_moving || one_in(4)) look();
    if (supply_ != nullptr) supply_->asked = asked;
    if (supply_ != nullptr) supply_->served = served;
    is_nested_ = false;
}

void two_callers::look() {
    ++progress().inspections;
    if (const allot::verify_result result = heap_.verify(); !result) {
        fail("verify: invariant I" + std::to_string(static_cast<int>(result.broken)) + " is broken");
    }
    const picture seen = take_picture();
    check_taken(seen);
    check_numbers(seen);
    check_promise(seen);
}

picture two_callers::take_picture() const {
    picture seen;
    heap_.for_each_chunk([&](const allot::chunk_info& chunk) {
        const std::size_t start = address_of(chunk.payload) - promised_.word;
        if (start != seen.end) ++seen.regions;
        seen.end = start + chunk.bytes;
        if (chunk.state == allot::chunk_state::in_use) return seen.in_use.push_back({start, seen.end});
        if (!seen.gaps.empty() && seen.gaps.back().end == start) seen.gaps.back().end = seen.end;
        else seen.gaps.push_back({start, seen.end});
    });
    seen.ends_in_top = seen.regions == 1 && supply_ == nullptr;  // a region that goes takes the top with it
    return seen;
}

/// Every payload that is out is in use, as it was; what is in use beside them belongs to the call that is running.
void two_callers::check_taken(const picture& seen) const {
    std::vector<stretch> strays;
    std::size_t found = 0;
    for (const stretch& chunk : seen.in_use) {
        const auto owned = settled_.find(chunk.start);
        if (owned == settled_.end()) strays.push_back(chunk);
        else if (owned->second != chunk.end) fail("the chunk of a payload has changed");
        else ++found;
    }
    if (found != settled_.size()) fail("a payload that is out is not shown as in use");
    check_strays(strays);
}

void two_callers::check_strays(const std::vector<stretch>& strays) const {
    const bool moves = running_.what == verb::reallocate || running_.what == verb::try_resize;
    const bool has_request = moves || running_.what == verb::allocate;
    const bool has_old = running_.old.bytes() != 0;
    const std::size_t allowed = has_request ? promised_.most_for(running_.wanted.bytes) : 0;
    std::size_t beside_old = 0;
    for (const stretch& stray : strays) beside_old += stray.bytes() - common_part(stray, running_.old).bytes();
    if (beside_old > allowed) {
        fail("taken from others: " + std::to_string(beside_old) + " bytes, to own " + std::to_string(allowed));
    }
    if (strays.size() > (has_request ? 1u : 0u) + (has_old ? 1u : 0u)) fail("more chunks are in use than anybody owns");
    if (has_old && strays.empty()) fail("the payload of a running call is nowhere");
}

void two_callers::check_numbers(const picture& seen) {
    const allot::heap_stats now = heap_.stats();
    const auto sum = [](const std::vector<stretch>& list) {
        std::size_t bytes = 0;
        for (const stretch& each : list) bytes += each.bytes();
        return bytes;
    };
    const auto expect = [](bool is_right, const char* what) {
        if (!is_right) fail(std::string("stats: ") + what);
    };
    expect(now.in_use_bytes == sum(seen.in_use), "in_use_bytes");
    expect(now.in_use_chunks == seen.in_use.size(), "in_use_chunks");
    expect(now.free_bytes + now.cached_bytes == sum(seen.gaps), "free_bytes + cached_bytes");
    const std::size_t all = now.in_use_bytes + now.free_bytes + now.cached_bytes + now.overhead_bytes;
    expect(all == now.region_bytes, "they do not add up");
    expect(now.regions == seen.regions, "regions");
    expect(now.largest_free <= seen.largest_gap(), "largest_free is more than there is");
    note_owned(0);
    expect(now.peak_in_use_bytes >= least_peak_, "peak_in_use_bytes is below what callers owned");
    expect(now.peak_in_use_bytes <= most_peak_, "peak_in_use_bytes is above what callers ever owned");
}

void two_callers::check_promise(const picture& seen) {
    std::size_t bytes = 0;
    if (!promised_.find_largest(seen, bytes)) return;
    void* const payload = heap_.try_allocate(bytes, promised_.granule);
    if (payload == nullptr) fail("try_allocate(" + std::to_string(bytes) + ") failed although it is free in one piece");
    note_owned(promised_.word + heap_.usable_size(payload));
    heap_.deallocate(payload);
}

/// What callers own now, and `extra`: of a payload in motion either the old or the new place.
void two_callers::note_owned(std::size_t extra) {
    const bool moves = running_.what == verb::reallocate || running_.what == verb::try_resize;
    const bool comes = moves || running_.what == verb::allocate;
    const std::size_t next = comes ? promised_.most_for(running_.wanted.bytes) : 0;
    const std::size_t old = running_.old.bytes();
    const std::size_t least = moves ? std::min(old, promised_.chunk_size_for(running_.wanted.bytes)) : 0;
    least_peak_ = std::max(least_peak_, settled_bytes_ + least + extra);
    most_peak_ = std::max(most_peak_, settled_bytes_ + std::max(old, next) + extra);
}

void two_callers::check_between_calls() {
    is_nested_ = true;
    look();
    const std::size_t supplied = supply_ == nullptr ? 0 : supply_->out_bytes();
    if (heap_.stats().region_bytes != given_bytes_ + supplied) fail("the heap has other regions than it was given");
    is_nested_ = false;
}

void two_callers::end() {
    is_nested_ = true;
    for (caller* const who : {&first_, &second_}) {
        while (!who->empty()) deallocate(*who);
    }
    look();
    heap_.coalesce();
    const allot::heap_stats now = heap_.stats();
    if (now.in_use_chunks != 0 || now.cached_bytes != 0) fail("end: something is left");
    if (now.free_chunks != now.regions) fail("end: what is free has not merged");
    if (now.region_bytes != given_bytes_) fail("end: the source has not got everything back");
    if (supply_ != nullptr && supply_->out_bytes() != 0) fail("end: the source has not got everything back");
    is_nested_ = false;
}

}  // namespace fuzz
