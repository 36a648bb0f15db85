#include "cores/simulation.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace bench {
namespace {

simulation* watched_by = nullptr;

std::uintptr_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

}  // namespace

simulation* simulation::watching() { return watched_by; }

simulation::simulation(core_turns& turns, observed_heap& heap, std::span<const std::byte> region)
    : turns_{turns},
      heap_{heap},
      control_base_{address_of(heap.control_block().data())},
      region_base_{address_of(region.data())},
      parts_{heap.parts()},
      first_of_name_(parts_.size()),
      part_of_word_(heap.control_block().size() / word_bytes),
      control_lines_(heap.control_block().size() / line_bytes + 1),
      region_lines_(region.size() / line_bytes),
      running_(turns.cores()) {
    for (std::size_t part = parts_.size(); part-- != 0;) {  // a word with two parts is of the first
        const auto first =
            std::ranges::find_if(parts_, [&](const control_part& each) { return each.name == parts_[part].name; });
        first_of_name_[part] = static_cast<std::size_t>(first - parts_.begin());
        const std::size_t end = parts_[part].offset + parts_[part].bytes;
        for (std::size_t word = parts_[part].offset / word_bytes; word * word_bytes < end; ++word) {
            part_of_word_[word] = part;
        }
    }
    watched_by = this;
}

simulation::~simulation() { watched_by = nullptr; }

// --- what the running core does --------------------------------------------------------------------------------------

std::optional<owned_payload> simulation::allocate(std::size_t bytes) {
    call& now = begin(core_verb::allocate);
    void* const payload = heap_.allocate(bytes);
    now.is_running = false;
    now.payload = address_of(payload);
    now.payload_size = payload == nullptr ? 0 : heap_.usable_size(payload);
    end(now);
    if (payload == nullptr) return {};
    return owned_payload{static_cast<std::byte*>(payload), bytes, running_core()};
}

void simulation::deallocate(const owned_payload& owned) {
    const std::size_t size = heap_.usable_size(owned.payload);
    call& now = begin(core_verb::deallocate);
    now.is_foreign = owned.allocated_by != running_core();
    now.payload = address_of(owned.payload);
    now.payload_size = size;
    heap_.deallocate(owned.payload);
    now.is_running = false;
    end(now);
}

void simulation::write(std::byte* at, std::byte value) {
    call& now = begin(core_verb::write_payload);
    access(address_of(at), 1, access_kind::write);
    *at = value;
    now.is_running = false;
    end(now);
}

simulation::call& simulation::begin(core_verb verb) {
    call& now = running_[running_core()];
    now.is_running = true;
    now.verb = verb;
    now.is_past_lane = now.is_foreign = false;
    now.payload = now.payload_size = 0;
    now.lane_lock = none_yet;
    now.transfers.clear();
    now.stores.clear();
    return now;
}

void simulation::end(call& done) {
    for (const seen_transfer& each : done.transfers) ++transfers_[kind_of(done, each)];
    if (done.verb == core_verb::write_payload) return;
    ++counts_.calls;
    counts_.foreign += done.is_foreign ? 1 : 0;
    if (done.is_past_lane) return;
    ++counts_.hits;
    for (const std::uintptr_t word : done.stores) ++line_at(word)->hit_stores[word % line_bytes / word_bytes];
}

// --- accesses --------------------------------------------------------------------------------------------------------

void simulation::access(std::uintptr_t address, std::size_t bytes, access_kind how) {
    call& now = running_[running_core()];
    if (!now.is_running || turns_.is_on_own_stack(address)) return;
    const bool is_as_before = address == std::exchange(now.last, address);
    now.repeats = is_as_before && how == access_kind::read ? now.repeats + 1 : 0;
    if (now.repeats >= repeats_of_waiting) turns_.pass();
    else turns_.before_access();
    for (std::uintptr_t word = address - address % word_bytes; word < address + bytes; word += word_bytes) {
        access_word(now, word, how);
    }
}

void simulation::access_word(call& now, std::uintptr_t word, access_kind how) {
    observed_line* const line = line_at(word);
    if (line == nullptr) {
        ++counts_.elsewhere;
        return;
    }
    const std::size_t core = running_core();
    const std::size_t at = word % line_bytes / word_bytes;
    const traffic seen = line->coherent.access(core, how);
    const std::uintptr_t cause = word - word % line_bytes + line->cause_word * word_bytes;
    if (is_transfer(seen)) now.transfers.push_back({word, cause, seen, line->is_cause_written_payload});
    line->users[at] |= std::uint64_t{1} << core;
    if (how == access_kind::write) now.stores.push_back(word);
    note_locks(now, word);
    if (seen == traffic::none && how == access_kind::read) return;
    line->cause_word = static_cast<std::uint8_t>(at);
    line->is_cause_written_payload = now.verb == core_verb::write_payload;
}

simulation::observed_line* simulation::line_at(std::uintptr_t word) {
    if (const std::uintptr_t offset = word - control_base_; offset / word_bytes < part_of_word_.size()) {
        return &control_lines_[offset / line_bytes];
    }
    const std::uintptr_t offset = word - region_base_;
    return offset / line_bytes < region_lines_.size() ? &region_lines_[offset / line_bytes] : nullptr;
}

/// The lock of the heap, or that of another lane than the first.
void simulation::note_locks(call& now, std::uintptr_t word) const {
    const std::uintptr_t offset = word - control_base_;
    if (offset / word_bytes >= part_of_word_.size()) return;
    const std::size_t part = part_of_word_[offset / word_bytes];
    if (parts_[part].name == heap_lock_part) now.is_past_lane = true;
    if (parts_[part].name != lane_lock_part) return;
    if (now.lane_lock == none_yet) now.lane_lock = part;
    if (now.lane_lock != part) now.is_past_lane = true;
}

// --- what was counted ------------------------------------------------------------------------------------------------

transfer_kind simulation::kind_of(const call& done, const seen_transfer& each) const {
    const std::size_t part = part_in(done, each.word, done.verb == core_verb::write_payload);
    const std::size_t cause = part_in(done, each.cause_word, each.is_cause_written_payload);
    return {
        .verb = done.verb,
        .is_past_lane = done.is_past_lane,
        .is_foreign = done.is_foreign,
        .seen = each.seen,
        .part = named(part),
        .offset = offset_in(part, each.word),
        .cause_part = named(cause),
        .cause_offset = offset_in(cause, each.cause_word),
        .is_same_word = each.word == each.cause_word,
    };
}

std::size_t simulation::part_in(const call& about, std::uintptr_t word, bool is_written_payload) const {
    if (const std::uintptr_t offset = word - control_base_; offset / word_bytes < part_of_word_.size()) {
        return part_of_word_[offset / word_bytes];
    }
    const auto of_chunk = [this](chunk_part part) { return parts_.size() + static_cast<std::size_t>(part); };
    if (is_written_payload) return of_chunk(chunk_part::written_payload);
    if (about.payload == 0) return of_chunk(chunk_part::other_chunk);
    if (word == about.payload - word_bytes) return of_chunk(chunk_part::own_header);
    if (word - about.payload < about.payload_size) return of_chunk(chunk_part::own_payload);
    return of_chunk(word == about.payload + about.payload_size ? chunk_part::header_above : chunk_part::other_chunk);
}

std::size_t simulation::offset_in(std::size_t part, std::uintptr_t word) const {
    return part < parts_.size() ? word - control_base_ - parts_[part].offset : 0;
}

std::string simulation::name_of(std::size_t part) const {
    static constexpr std::array<const char*, chunk_parts> of_chunks{"header", "links in the payload", "header above",
                                                                    "another chunk", "payload bytes"};
    return part < parts_.size() ? std::string{parts_[part].name} : of_chunks[part - parts_.size()];
}

void simulation::forget_counts() {
    transfers_.clear();
    counts_ = {};
    for (auto* lines : {&control_lines_, &region_lines_}) {
        for (observed_line& each : *lines) each.users = {}, each.hit_stores = {};
    }
}

shared_stores simulation::stores_in(const std::vector<observed_line>& lines) {
    shared_stores found;
    for (const observed_line& each : lines) {
        std::uint64_t of_line = 0;
        for (const std::uint64_t users : each.users) of_line |= users;
        for (std::size_t word = 0; word < words; ++word) {
            if (std::popcount(each.users[word]) > 1) found.to_words += each.hit_stores[word];
            if (std::popcount(of_line) > 1) found.to_lines += each.hit_stores[word];
        }
    }
    return found;
}

}  // namespace bench
