#include "cores/churn.hpp"

namespace bench {

churning_core::churning_core(simulation& cores, const churn_settings& settings, std::size_t number)
    : cores_{cores}, settings_{settings}, number_{number} {
    random dice{settings.seed + number};
    for (std::uint32_t& bytes : sizes_) bytes = dice.log_normal(48, 0.8, 8, 512);
    state_ = 88'172'645'463'325'252 + dice.below(1 << 20);
}

void churning_core::fill() {
    for (std::size_t i = 0; i < settings_.live_objects; ++i) live_.push_back(fresh());
}

void churning_core::replace(std::size_t pairs) {
    for (std::size_t i = 0; i < pairs; ++i) {
        owned_payload& chosen = live_[pick(live_.size())];
        const bool is_handed_over = settings_.foreign_every != 0 && ++replaced_ % settings_.foreign_every == 0;
        if (is_handed_over) next_->inbox_.push_back(chosen);
        else give_back(chosen);
        free_inbox();
        chosen = fresh();
    }
}

void churning_core::clear() {
    free_inbox();
    for (const owned_payload& each : live_) give_back(each);
    live_.clear();
}

std::size_t churning_core::pick(std::size_t end) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>((state_ >> 32) * end >> 32);
}

owned_payload churning_core::fresh() {
    const std::optional<owned_payload> made = cores_.allocate(sizes_[pick(known_sizes)]);
    if (!made) return ++failures_, owned_payload{};
    cores_.write(made->payload, mark());
    cores_.write(made->payload + made->bytes - 1, mark());
    return *made;
}

void churning_core::give_back(const owned_payload& owned) {
    if (owned.payload == nullptr) return;
    const auto written = static_cast<std::byte>(owned.allocated_by + 1);
    if (owned.payload[0] != written || owned.payload[owned.bytes - 1] != written) ++failures_;
    cores_.deallocate(owned);
}

/// More may come in while it frees.
void churning_core::free_inbox() {
    while (!inbox_.empty()) {
        const owned_payload owned = inbox_.back();
        inbox_.pop_back();
        give_back(owned);
    }
}

}  // namespace bench
