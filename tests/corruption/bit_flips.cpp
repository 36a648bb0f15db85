// Every bit of every word that a heap keeps, flipped, over many states: verify neither faults nor hangs nor writes, and
// finds the flip.
//
//   in the regions:  headers, footers, links, descriptors, fenceposts       in the heap: lists, bin map, counters, ...
#include "corruption/scene.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/sanitizer.hpp"

#include <allot/diagnostics/store_of.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

using namespace allot_test;

namespace {

using one_region_heap = allot::basic_heap<allot::small_traits>;
using flipped_heaps =
    decltype(std::tuple_cat(std::declval<broken_heaps>(), std::declval<std::tuple<one_region_heap>>()));

constexpr unsigned word_bits = sizeof(std::size_t) * 8;

// The sanitizer looks for a bad access, which any few states show, and makes each flip many times as slow.
constexpr unsigned states = is_address_sanitized ? 4 : 40;

/// A heap in some state that a random life has led to.
template <class Heap>
struct some_state {
    checked_heap<Heap> heap{bare_field{10240}};

    explicit some_state(unsigned seed) {
        random_numbers random(seed);
        static_cast<void>(heap.add_region(random.below(64), 4000 - random.below(64)));
        if (seed % 2 != 0) static_cast<void>(heap.add_region(5000 + random.below(64), 2000));
        const std::size_t more_regions = seed % 8 == 3 ? 5 : 0;  // a tree with both sides, and more than one level
        for (std::size_t i = 0; i < more_regions; ++i)
            static_cast<void>(heap.add_region(7200 + (i * 3 % 5) * 400, 300));
        std::vector<void*> owned(16, nullptr);
        for (std::size_t i = 0; i < 30 + seed; ++i) {
            void*& slot = owned[random.below(owned.size())];
            if (slot != nullptr) heap.deallocate(slot);
            const bool frees = slot != nullptr && random.below(2) == 0;
            slot = frees ? nullptr
                         : heap.allocate(random.below(std::size_t{1} << random.below(11)),
                                         std::size_t{1} << random.below(8));
        }
    }

    /// The addresses of the words in the regions that say what the heap looks like.
    std::vector<std::size_t*> structure() {
        std::vector<std::size_t*> words;
        const void* expected = nullptr;
        for (const allot::chunk_info& chunk : chunks_of(heap.raw())) {
            auto* const payload = static_cast<std::size_t*>(const_cast<void*>(chunk.payload));
            if (expected != nullptr && payload != expected)
                words.push_back(const_cast<std::size_t*>(static_cast<const std::size_t*>(expected)) - 1);
            if (payload != expected && !Heap::traits_type::one_region)
                words.insert(words.end(), {payload - 5, payload - 4, payload - 3, payload - 2});
            add_words_of(chunk, payload, words);
            expected = static_cast<std::byte*>(static_cast<void*>(payload)) + chunk.bytes;
        }
        words.push_back(const_cast<std::size_t*>(static_cast<const std::size_t*>(expected)) - 1);
        return words;
    }

private:
    /// Of the free chunks all but the links of the remainder and the top, which have none.
    void add_words_of(const allot::chunk_info& chunk, std::size_t* payload, std::vector<std::size_t*>& words) {
        const auto& index = allot::detail::store_of(heap.raw()).index();
        const bool has_links = !index.is_loose(reinterpret_cast<std::size_t>(payload - 1));
        constexpr bool is_compact = scene<Heap>::is_compact;
        const bool is_minimal = scene<Heap>::has_minimal && chunk.bytes == Heap::min_chunk_size;
        words.push_back(payload - 1);
        if (chunk.state == allot::chunk_state::in_use || (is_compact && chunk.state == allot::chunk_state::cached))
            return;
        if (has_links) words.push_back(payload);
        if (chunk.state == allot::chunk_state::cached) return;
        if (!is_compact && has_links) words.push_back(payload + 1);
        if (!is_minimal) words.push_back(payload + chunk.bytes / sizeof(std::size_t) - 2);
    }
};

/// What a heap looks like after a short life that leaves it as it was: the same text for every sound heap of one state.
template <class Heap>
std::string shape_after_a_life(Heap& heap) {
    std::size_t* owned[24] = {};
    for (std::size_t i = 0; i < 400; ++i) {
        const std::size_t slot = i * 7 % 24;
        const std::size_t words = 2 + i * 37 % 90;
        if (owned[slot] != nullptr && (owned[slot][0] != slot || owned[slot][1] != slot))
            return "a payload was overwritten";
        if (i % 5 == 4) heap.deallocate(std::exchange(owned[slot], nullptr));
        else if (auto* const moved =
                     static_cast<std::size_t*>(heap.reallocate(owned[slot], words * sizeof(std::size_t))))
            owned[slot] = moved;
        if (owned[slot] != nullptr) std::fill_n(owned[slot], 2, slot);
    }
    for (std::size_t* const payload : owned) heap.deallocate(payload);
    heap.coalesce();
    const allot::heap_stats now = heap.stats();
    return heap.verify()
               ? shape_of(heap) + " " + std::to_string(now.in_use_bytes) + " " + std::to_string(now.free_chunks)
               : "not sound";
}

/// Flips bits of one heap, one at a time, and puts everything back in between. Lives in a child process.
template <class Heap>
class flipper {
public:
    explicit flipper(checked_heap<Heap>& heap) : heap_(heap), object_(sizeof(Heap)), memory_(heap.field().image()) {
        std::memcpy(object_.data(), static_cast<void*>(&heap.raw()), sizeof(Heap));
        expected_ = shape_after_a_life(heap.raw());
        restore();
    }

    void flip_all(const std::vector<std::size_t*>& words) {
        for (counted_[word_at] = 0; counted_[word_at] < words.size(); ++counted_[word_at]) {
            for (counted_[bit_at] = 0; counted_[bit_at] < word_bits; ++counted_[bit_at]) {
                flip(*words[counted_[word_at]], std::size_t{1} << counted_[bit_at]);
            }
        }
    }

    enum count { word_at, bit_at, tried, missed, written, harmful };

private:
    void flip(std::size_t& word, std::size_t bit) {
        word ^= bit;
        const std::vector<std::byte> before = heap_.field().image();
        const bool is_found = !heap_.raw().verify();
        if (heap_.field().image() != before) ++counted_[written];
        ++counted_[tried];
        if (!is_found) ++counted_[missed];
        if (!is_found && shape_after_a_life(heap_.raw()) != expected_) ++counted_[harmful];
        if (is_found) word ^= bit;
        else restore();
    }

    void restore() {
        std::memcpy(static_cast<void*>(&heap_.raw()), object_.data(), sizeof(Heap));
        heap_.field().restore(memory_);
    }

    checked_heap<Heap>& heap_;
    std::vector<std::byte> object_;
    std::vector<std::byte> memory_;
    std::string expected_;
    unsigned long (&counted_)[8] = report_of_child().counted;
};

struct flips {
    unsigned long tried = 0;
    unsigned long missed = 0;
    unsigned long harmful = 0;
};

/// Adds to `all` what became of every bit of `words`; fails if verify, or the life after a flip that it missed, did not end.
template <class Heap>
void flip_words(checked_heap<Heap>& heap, const std::vector<std::size_t*>& words, flips& all) {
    const std::string end = end_of([&] { flipper<Heap>(heap).flip_all(words); }, 300);
    const auto& counted = report_of_child().counted;
    INFO("word " << counted[flipper<Heap>::word_at] << " of " << words.size() << ", bit "
                 << counted[flipper<Heap>::bit_at]);
    REQUIRE(end == "returned");
    REQUIRE(counted[flipper<Heap>::written] == 0);
    all.tried += counted[flipper<Heap>::tried];
    all.missed += counted[flipper<Heap>::missed];
    all.harmful += counted[flipper<Heap>::harmful];
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("flips in the regions: verify survives and finds every one", "", flipped_heaps) {
    flips all;
    for (unsigned seed = 1; seed <= states; ++seed) {
        some_state<TestType> state(seed);
        flip_words(state.heap, state.structure(), all);
    }
    INFO(all.missed << " of " << all.tried << " flips missed");
    CHECK(all.tried > states * 1000);
    CHECK(all.missed == 0);
}

// A few words of the heap object say nothing about its chunks (where to coalesce next, the peak so far, padding): what is
// missed there must be harmless.
TEMPLATE_LIST_TEST_CASE("flips in the heap object: verify survives and finds every one that matters", "",
                        flipped_heaps) {
    flips all;
    for (unsigned seed = 1; seed <= (states + 7) / 8; ++seed) {
        some_state<TestType> state(seed);
        std::vector<std::size_t*> words;
        auto* const object = reinterpret_cast<std::size_t*>(&state.heap.raw());
        for (std::size_t at = 0; at < sizeof(TestType) / sizeof(std::size_t); ++at) words.push_back(object + at);
        flip_words(state.heap, words, all);
    }
    INFO(all.missed << " of " << all.tried << " flips missed, " << all.harmful << " of them harmful");
    CHECK(all.tried > states * 400);
    CHECK(all.harmful == 0);
    CHECK(all.missed < all.tried / 50);
}
