// Random lives: from a seed, a configuration and the number of a life come its plan and its operations, always the same.
//
// A life goes through phases that fill, churn and empty. Sizes come from mixes that favour what breaks heaps: bin edges,
// the smallest chunks, the size of the whole arena, the end of the address space.
//
// Guarantees: what is made does not depend on the state of the heap, so leaving out operations changes no other.
#pragma once

#include "configuration.hpp"
#include "operation.hpp"

#include <cstddef>
#include <cstdint>
#include <random>

namespace fuzz {

class generator {
public:
    generator(const configuration& lived, std::uint64_t seed, std::uint64_t life_number);

    life_plan plan() const { return plan_; }
    std::size_t length() const { return length_; }
    operation next();

private:
    enum class size_mix : unsigned char { small, edges, wide, one_size };

    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
    bool is_chance(unsigned per_mille) { return below(1000) < per_mille; }
    std::size_t between_logarithmic(std::size_t least, std::size_t most);

    void enter_phase();
    operation region_operation();
    std::size_t size();
    std::size_t edge_size();
    std::size_t absurd_size();
    std::size_t alignment();

    const configuration& config_;
    std::mt19937_64 random_;
    life_plan plan_{};
    std::size_t length_ = 0;
    std::size_t done_ = 0;

    std::size_t phase_ends_ = 0;
    size_mix mix_ = size_mix::small;
    std::size_t largest_usual_ = 0;
    std::size_t one_size_ = 0;
    unsigned allocate_per_mille_ = 0;
    unsigned reallocate_per_mille_ = 0;
    unsigned aligned_per_mille_ = 0;
};

}  // namespace fuzz
