// W6, mixed: sizes with density s^-1.5 on 16 bytes to 1 MiB; random frees keep the live bytes at a share of the region.
#include "support/live_set.hpp"
#include "workloads/workload.hpp"

namespace bench {
namespace {

constexpr std::size_t region_bytes = 256 * mebibyte;

/// Writes a stream that holds a heap at a level of live bytes.
class mixed_stream {
public:
    mixed_stream(std::uint64_t seed, double share)
        : dice_{seed}, level_{static_cast<std::size_t>(share * static_cast<double>(region_bytes))} {}

    void fill(std::vector<operation>& into) {
        while (live_bytes_ < level_) allocate(into);
    }

    void churn(std::size_t operations, std::vector<operation>& into) {
        const std::size_t end = into.size() + operations;
        into.reserve(end);
        while (into.size() < end) live_bytes_ < level_ ? allocate(into) : deallocate(into);
    }

    std::size_t slots() const { return live_.slots(); }
    std::size_t live() const { return live_.size(); }

private:
    void allocate(std::vector<operation>& into) {
        const std::uint32_t bytes = dice_.power_law(16, mebibyte);
        const std::uint32_t slot = live_.add();
        if (slot == sizes_.size()) sizes_.push_back(0);
        sizes_[slot] = bytes;
        live_bytes_ += bytes;
        into.push_back({slot, bytes, verb::allocate, default_alignment_log2});
    }

    void deallocate(std::vector<operation>& into) {
        const std::uint32_t slot = live_.remove_any(dice_);
        live_bytes_ -= sizes_[slot];
        into.push_back({slot, 0, verb::deallocate, 0});
    }

    random dice_;
    live_set live_;
    std::vector<std::uint32_t> sizes_;
    std::size_t level_;
    std::size_t live_bytes_ = 0;
};

/// Before the clock every payload of the fill has been replaced about twice, so that the heap is no longer new.
stream mixed(const settings& chosen, double share) {
    mixed_stream writer{chosen.seed, share};
    stream made;
    writer.fill(made.setup);
    writer.churn(4 * writer.live(), made.setup);
    made.items = chosen.scaled(4e6);
    writer.churn(made.items, made.timed);
    made.slots = writer.slots();
    made.region_bytes = region_bytes;
    return made;
}

}  // namespace

stream mixed_half_full(const settings& chosen) { return mixed(chosen, 0.50); }
stream mixed_nearly_full(const settings& chosen) { return mixed(chosen, 0.85); }

}  // namespace bench
