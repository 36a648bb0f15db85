#include "generator.hpp"

#include <algorithm>
#include <bit>

namespace fuzz {
namespace {

std::uint64_t seed_of_life(const std::string& configuration, std::uint64_t seed, std::uint64_t life_number) {
    std::uint64_t mixed = seed;
    for (const char letter : configuration) mixed = (mixed ^ static_cast<unsigned char>(letter)) * 0x100000001B3u;
    return (mixed ^ life_number) * 0x9E3779B97F4A7C15u;
}

}  // namespace

generator::generator(const configuration& lived, std::uint64_t seed, std::uint64_t life_number)
    : config_(lived), random_(seed_of_life(lived.name, seed, life_number)) {
    plan_.arena_bytes = between_logarithmic(config_.least_arena, config_.most_arena);
    if (is_chance(500)) plan_.arena_bytes &= ~std::size_t{63};
    plan_.layout = is_chance(500) ? random_() : random_() & ~std::uint64_t{63};
    length_ = between_logarithmic(16, config_.longest_life);
    enter_phase();
}

std::size_t generator::between_logarithmic(std::size_t least, std::size_t most) {
    const unsigned doublings = static_cast<unsigned>(std::bit_width(most / least));
    const std::size_t start = std::min(least << below(doublings), most);
    return start + below(std::min(start, most - start) + 1);
}

void generator::enter_phase() {
    phase_ends_ = done_ + between_logarithmic(8, std::max<std::size_t>(4096, config_.longest_life / 8));
    mix_ = static_cast<size_mix>(below(4));
    largest_usual_ = between_logarithmic(16, std::max<std::size_t>(plan_.arena_bytes / (is_chance(300) ? 2 : 64), 32));
    one_size_ = 1 + below(largest_usual_);
    allocate_per_mille_ = 200 + static_cast<unsigned>(below(500));
    reallocate_per_mille_ = static_cast<unsigned>(below(200));
    aligned_per_mille_ = is_chance(300) ? 500 : 50;
}

operation generator::next() {
    if (done_ == phase_ends_) enter_phase();
    const std::uint32_t pick = static_cast<std::uint32_t>(random_());
    // A life begins with memory: mostly the whole arena as one region.
    if (done_++ == 0 && is_chance(700)) return {verb::add_region, 0, 0, 4};
    if (is_chance(config_.region_per_mille)) return region_operation();
    std::size_t draw = below(1000);
    const auto falls_in = [&](std::size_t share) {
        const bool is_hit = draw < share;
        draw -= is_hit ? 0 : share;
        return is_hit;
    };
    if (falls_in(allocate_per_mille_)) {
        const verb kinds[] = {verb::allocate, verb::allocate, verb::allocate, verb::try_allocate,
                              verb::allocate_zeroed};
        return {kinds[below(5)], pick, size(), alignment()};
    }
    if (falls_in(reallocate_per_mille_)) return {verb::reallocate, pick, size(), alignment()};
    if (falls_in(30)) return {verb::try_resize, pick, size(), 0};
    if (falls_in(2)) return {verb::coalesce, pick, 0, 0};
    return {is_chance(700) ? verb::deallocate : verb::deallocate_sized, pick, 0, 0};
}

operation generator::region_operation() {
    const std::uint32_t pick = static_cast<std::uint32_t>(random_());
    return {is_chance(550) ? verb::add_region : verb::remove_region, pick, static_cast<std::size_t>(random_()),
            below(12)};
}

std::size_t generator::size() {
    if (is_chance(5)) return absurd_size();
    if (is_chance(20)) return edge_size();
    switch (mix_) {
        case size_mix::small: return below(std::min<std::size_t>(largest_usual_, 256) + 1);
        case size_mix::edges: return std::min(edge_size(), largest_usual_);
        case size_mix::wide: return between_logarithmic(1, largest_usual_);
        case size_mix::one_size: break;
    }
    return one_size_;
}

/// A size whose chunk is the first or the last of a bin, or one off.
std::size_t generator::edge_size() {
    const heap_shape& shape = config_.shape;
    if (is_chance(50)) return plan_.arena_bytes - std::min(below(96), plan_.arena_bytes);
    const std::size_t doubling = std::size_t{1} << below(static_cast<std::size_t>(std::bit_width(plan_.arena_bytes)));
    const bool is_exact = doubling < shape.exact_bin_limit;
    const std::size_t width = is_exact ? shape.granule : doubling / shape.bin_subdivision;
    const std::size_t chunk = doubling + width * below(is_exact ? doubling / width + 1 : shape.bin_subdivision);
    const std::size_t edge = chunk - chunk % shape.granule + below(2) * shape.granule - shape.word + below(3);
    return std::min(edge - 1, plan_.arena_bytes);
}

/// A size that cannot be had, or hardly.
std::size_t generator::absurd_size() {
    const std::size_t off = below(4097);
    switch (below(4)) {
        case 0: return config_.shape.max_request - off / 64;
        case 1: return config_.shape.max_request + off;
        case 2: return ~std::size_t{0} / 2 + off - 2048;
        default: return ~std::size_t{0} - off;
    }
}

std::size_t generator::alignment() {
    if (!is_chance(aligned_per_mille_)) return config_.shape.granule;
    if (is_chance(20)) {
        const std::size_t absurd[] = {0, 3, 24, 48, ~std::size_t{0}, (~std::size_t{0} >> 1) + 1};
        return absurd[below(6)];
    }
    const unsigned highest = is_chance(50) ? sizeof(std::size_t) * 8 : is_chance(300) ? 13 : 8;
    return std::size_t{1} << below(highest);
}

}  // namespace fuzz
