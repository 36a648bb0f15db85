// The worst case, counted: with a bounded search no call looks at more words in a large heap than in a small one.
//
//     heaps of 4 KiB .. 128 MiB with 10 .. 100,000 free chunks, set up against the heap  ->  most words one call touched
//
// A word of the heap that is read or written counts as one. The bins start early here (exact_bin_limit 256), so that a
// small heap can be as mean as a large one. The same heap with an exhaustive search is the control: its maximum grows
// with the free chunks, or the count is worth nothing.
//
// Exit status: 0 heaps up to 1 MiB and heaps from 64 MiB have the same maxima, and the control has not; 1 otherwise.
#include "support/checked_memory.hpp"
#include "support/shipped_core.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

namespace {

using allot_test::checked_memory;
using allot_test::shipped_core;
using allot_test::memory_board;
using word = std::size_t;

struct small_bins : allot::bounded_traits {
    static constexpr std::size_t exact_bin_limit = 256;
    static constexpr std::size_t bin_subdivision = 2;
    static constexpr std::size_t cached_chunk_limit = 256;
};
struct small_bins_compact : small_bins {
    static constexpr auto links = allot::links::compact;
};
struct exhaustive : small_bins {
    static constexpr auto search = allot::fit_search::exhaustive;
};

/// The most words that a call of each verb touched.
struct maxima {
    std::size_t allocate, aligned, deallocate, resize, reallocate;

    void raise_to(const maxima& other) {
        allocate = std::max(allocate, other.allocate);
        aligned = std::max(aligned, other.aligned);
        deallocate = std::max(deallocate, other.deallocate);
        resize = std::max(resize, other.resize);
        reallocate = std::max(reallocate, other.reallocate);
    }
};

template <class Traits>
class counted_heap {
    using heap_type = shipped_core<Traits, checked_memory<word>>;
    static constexpr std::size_t first_address = 1 << 16;
    static constexpr std::size_t granule = heap_type::granule;

public:
    explicit counted_heap(std::size_t bytes) : board_(first_address, bytes), heap_(checked_memory<word>(board_)) {
        board_.open(first_address, first_address + bytes);
        static_cast<void>(heap_.add_region(first_address, bytes));
    }

    const maxima& found() const { return found_; }
    std::size_t free_chunks() const { return heap_.store().index().count(); }
    bool is_sound() const { return allot_test::is_sound(heap_); }

    std::size_t allocate(std::size_t bytes, std::size_t alignment = granule) {
        std::size_t& most = alignment == granule ? found_.allocate : found_.aligned;
        return counted(most, [&] { return heap_.allocate({bytes, alignment}); });
    }
    void deallocate(std::size_t payload) {
        board_.open(payload, payload + allot_test::usable_size(heap_, payload));
        counted(found_.deallocate, [&] { return heap_.deallocate(payload, {0}), 0; });
    }
    void try_resize(std::size_t payload, std::size_t bytes) {
        board_.open(payload, payload + allot_test::usable_size(heap_, payload));
        counted(found_.resize, [&] { return heap_.try_resize(payload, {bytes}); });
    }
    /// Copying the payload is not counted.
    std::size_t reallocate(std::size_t payload, std::size_t bytes, std::size_t alignment = granule) {
        board_.open(payload, payload + allot_test::usable_size(heap_, payload));
        const auto whole = [&] {
            const std::size_t moved = heap_.reallocate(payload, {bytes, alignment});
            return moved == allot::detail::none ? payload : moved;
        };
        return counted(found_.reallocate, whole);
    }

private:
    template <class Call>
    auto counted(std::size_t& most, Call call) {
        const std::size_t before = board_.accesses();
        const auto result = call();
        most = std::max(most, board_.accesses() - before);
        return result;
    }

    memory_board<word> board_;
    heap_type heap_;
    maxima found_{};
};

// --- set-ups: each leaves many free chunks between chunks in use, and nothing else -----------------------------------------

/// Which sizes the free chunks have: in `one_bin` most are of one coarse bin, and some as small as its remainders; in
/// `two_bins` they are of that bin and of the one above it, so that a search fails in the one and succeeds in the other.
enum class comb : unsigned char { smallest, one_bin, two_bins, many_bins };

constexpr std::size_t first_coarse = small_bins::exact_bin_limit;

std::size_t gap_size(comb kind, std::size_t number) {
    if (kind == comb::smallest) return 8;
    if (kind == comb::one_bin) return number % 4 == 3 ? 8 : first_coarse + number % 3 * 16 - 8;
    if (kind == comb::two_bins)
        return number % 3 == 2 ? 8 : first_coarse + number % 3 * first_coarse / 2 + number % 2 * 16 - 8;
    return 8 + number % 12 * 32;
}

/// Payloads in use with as many free chunks between them as asked for, if there is room; no other room is left.
template <class Heap>
std::vector<std::size_t> grow_comb(Heap& heap, comb kind, std::size_t gaps_wanted) {
    std::vector<std::size_t> kept;
    std::vector<std::size_t> gaps;
    const auto take = [&](std::vector<std::size_t>& into, std::size_t bytes) {
        const std::size_t payload = heap.allocate(bytes);
        if (payload != 0) into.push_back(payload);
        return payload != 0;
    };
    while (gaps.size() < gaps_wanted && take(gaps, gap_size(kind, gaps.size())) && take(kept, 24)) {
    }
    for (std::size_t bytes = std::size_t{1} << 27; bytes != 0; bytes /= 2) {
        while (take(kept, bytes)) {
        }
    }
    std::shuffle(gaps.begin(), gaps.end(), std::mt19937_64(gaps.size()));
    for (const std::size_t gap : gaps) heap.deallocate(gap);
    return kept;
}

/// Every size around the bins of the comb, in several alignments, while the comb is whole.
template <class Heap>
void comb_through(Heap& heap) {
    constexpr std::size_t alignments[] = {16, 64, 1024};
    for (std::size_t bytes = 8; bytes < 2 * first_coarse; bytes += 16) {
        for (const std::size_t alignment : alignments) {
            const std::size_t payload = heap.allocate(bytes, alignment);
            if (payload != 0) heap.deallocate(payload);
        }
    }
}

/// Random calls in what is left, with the sizes and alignments that combs make hard.
template <class Heap>
class troubled_life {
public:
    troubled_life(Heap& heap, std::vector<std::size_t> owned, std::uint64_t seed)
        : heap_(heap), owned_(std::move(owned)), random_(seed) {}

    void step() {
        const std::size_t draw = owned_.empty() ? 0 : below(8);
        if (draw < 3) return allocate(draw == 0 ? std::size_t{16} << below(9) : 16);
        std::size_t& chosen = owned_[below(owned_.size())];
        if (draw == 3) return heap_.try_resize(chosen, size());
        if (draw == 4) return reallocate(chosen);
        heap_.deallocate(chosen);
        chosen = owned_.back();
        owned_.pop_back();
    }

    void end() {
        for (const std::size_t payload : owned_) heap_.deallocate(payload);
        owned_.clear();
    }

private:
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
    std::size_t size() { return below(2) == 0 ? below(first_coarse + 64) : std::size_t{1} << below(11); }

    void allocate(std::size_t alignment) {
        const std::size_t payload = heap_.allocate(size(), alignment);
        if (payload != 0) owned_.push_back(payload);
    }
    void reallocate(std::size_t& chosen) { chosen = heap_.reallocate(chosen, size(), std::size_t{16} << below(4)); }

    Heap& heap_;
    std::vector<std::size_t> owned_;
    std::mt19937_64 random_;
};

constexpr std::size_t steps_a_round = 1000;

struct setting {
    std::size_t bytes;
    std::size_t gaps;
    std::size_t rounds;
};

/// The maxima over all set-ups. `most_free` becomes the most free chunks that there were.
template <class Traits>
maxima worst_of(const setting& tried, std::size_t& most_free) {
    counted_heap<Traits> heap(tried.bytes);
    for (const comb kind : {comb::smallest, comb::one_bin, comb::two_bins, comb::many_bins}) {
        for (std::size_t round = 0; round < tried.rounds; ++round) {
            troubled_life life(heap, grow_comb(heap, kind, tried.gaps), round);
            most_free = std::max(most_free, heap.free_chunks());
            comb_through(heap);
            for (std::size_t i = 0; i < steps_a_round; ++i) life.step();
            if (!heap.is_sound()) {
                std::printf("NOT SOUND\n");
                std::exit(1);
            }
            life.end();
        }
    }
    return heap.found();
}

constexpr setting small_heaps[] = {{4096, 14, 100}, {65536, 100, 100}, {1 << 20, 10, 30}, {1 << 20, 1000, 30}};
constexpr setting large_heaps[] = {{64 << 20, 10, 5}, {64 << 20, 10000, 5}, {128 << 20, 100000, 5}};

/// Prints a line for each heap. Returns the maxima over all of them.
template <class Traits, std::size_t Count>
maxima table(const char* name, const setting (&heaps)[Count]) {
    maxima all{};
    for (const setting& each : heaps) {
        std::size_t most_free = 0;
        const maxima found = worst_of<Traits>(each, most_free);
        std::printf("%-20s %10zu %12zu %10zu %10zu %12zu %12zu %12zu\n", name, each.bytes, most_free, found.allocate,
                    found.aligned, found.deallocate, found.resize, found.reallocate);
        std::fflush(stdout);
        all.raise_to(found);
    }
    return all;
}

bool expect(bool is_right, const char* what) {
    if (!is_right) std::printf("FAILED: %s\n", what);
    return is_right;
}

/// The maxima are found by search, so one of a large heap may be missed; none may be above those of small heaps, where the
/// search is long. The parts of a reallocation are bounded as the other verbs are; which of them meet in one call is chance.
template <class Traits>
bool is_constant(const char* name) {
    const maxima small = table<Traits>(name, small_heaps);
    const maxima large = table<Traits>(name, large_heaps);
    bool is_right = expect(large.allocate <= small.allocate, "allocate: more in large heaps");
    is_right &= expect(large.aligned <= small.aligned, "aligned allocate: more in large heaps");
    is_right &= expect(large.deallocate <= small.deallocate, "deallocate: more in large heaps");
    is_right &= expect(large.resize <= small.resize, "try_resize: more in large heaps");
    const std::size_t parts = std::max(small.allocate, small.aligned) + small.deallocate + small.resize;
    return expect(large.reallocate <= parts, "reallocate: more than its parts") && is_right;
}

bool does_control_grow() {
    const maxima small = table<exhaustive>("control: exhaustive", small_heaps);
    const maxima large = table<exhaustive>("control: exhaustive", large_heaps);
    return expect(large.allocate > 50 * small.allocate, "the control does not grow: nothing is counted");
}

}  // namespace

int main() {
    std::printf("%-20s %10s %12s %10s %10s %12s %12s %12s\n", "", "heap bytes", "free chunks", "allocate", "aligned",
                "deallocate", "try_resize", "reallocate");
    bool is_right = is_constant<small_bins>("bounded");
    is_right &= is_constant<small_bins_compact>("bounded, compact");
    is_right &= does_control_grow();
    std::printf(is_right ? "constant\n" : "NOT CONSTANT\n");
    return is_right ? 0 : 1;
}
