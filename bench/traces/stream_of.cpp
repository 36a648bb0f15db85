#include "traces/stream_of.hpp"

#include <algorithm>
#include <vector>

namespace bench {
namespace {

class converter {
public:
    explicit converter(const trace& recorded) : slot_of_(recorded.payloads), bytes_of_(recorded.payloads) {
        out_.operations.timed.reserve(recorded.events.size());
    }

    void add(const trace_event& next) {
        if (is_new(next.what)) slot_of_[next.payload] = free_slot();
        const std::uint32_t slot = slot_of_[next.payload];
        const std::uint8_t alignment = next.alignment_log2 == 0 ? default_alignment_log2 : next.alignment_log2;
        out_.operations.timed.push_back({slot, static_cast<std::uint32_t>(next.bytes), verb_of(next.what), alignment});
        if (next.what == trace_verb::deallocate) free_.push_back(slot);
        count_live(next);
    }

    replay finish() {
        out_.operations.slots = slots_;
        out_.operations.items = out_.operations.timed.size();
        return std::move(out_);
    }

private:
    static verb verb_of(trace_verb what) {
        switch (what) {
            case trace_verb::allocate: return verb::allocate;
            case trace_verb::allocate_zeroed: return verb::allocate_zeroed;
            case trace_verb::reallocate: return verb::reallocate;
            default: return verb::deallocate;
        }
    }

    std::uint32_t free_slot() {
        if (free_.empty()) return slots_++;
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        return slot;
    }

    void count_live(const trace_event& next) {
        live_bytes_ += next.bytes - bytes_of_[next.payload];
        bytes_of_[next.payload] = next.bytes;
        out_.peak_live_bytes = std::max(out_.peak_live_bytes, live_bytes_);
    }

    replay out_;
    std::vector<std::uint32_t> slot_of_;
    std::vector<std::uint64_t> bytes_of_;
    std::vector<std::uint32_t> free_;
    std::uint32_t slots_ = 0;
    std::size_t live_bytes_ = 0;
};

}  // namespace

replay replay_of(const trace& recorded) {
    converter converting{recorded};
    for (const trace_event& each : recorded.events) converting.add(each);
    return converting.finish();
}

}  // namespace bench
