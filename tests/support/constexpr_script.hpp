// Lives of a heap inside the compiler, written as text.
//
//     [03        give the spans 0 to 3 as one region           [!1    ... a span that is refused
//     ]1         take span 1 back                              ]!1    ... one that is not free
//     +a3        allocate a chunk of 3 granules, called a      +a3@8  ... with a payload aligned to 8 granules
//     !60        an allocation of 60 granules fails            !3@64  ... aligned to 64
//     -a         deallocate a
//     ~a5        reallocate a to 5 granules                    ~a5@8  ... aligned to 8         ~!a60   ... which fails
//     =a5        resize a in place                             #a9    it cannot be resized in place
//     *2         allocate chunks of 2 granules until it fails: the pile
//     /  \  %    deallocate the pile: first to last, last to first, every second one and then the others
//     .          coalesce what is cached
//     ?2         (looking:) two chunks are free                ^12    the largest of them has 12 granules
//     6(...)     six times; does not nest
//
// The heap is verified after each operation, but after every third one of a pile, and of what is repeated only the first and the
// last time: between them each time begins as the one before it.
//
// Guarantees: `run<Config>(script)` is the number of operations, and a constant expression only if all went well
// (script_heap.hpp). `lives<Configs...>(script)` says that every heap lives it, in at least fifty operations.
#pragma once

#include "support/script_heap.hpp"

#include <cstddef>
#include <cstdint>

namespace allot_test {

inline void the_heap_has_another_shape(std::size_t) {}
inline void the_script_has_an_error(std::size_t) {}

/// A heap small enough for a compiler: few bins, small limits.
template <class Word, allot::links Links, allot::coalescing Coalescing>
struct script_config {
    using memory = constexpr_memory<Word>;

    struct traits : allot::default_traits {
        static constexpr bool needs_flag_bits = sizeof(Word) == 2 && Coalescing == allot::coalescing::deferred;
        static constexpr std::size_t granule = needs_flag_bits ? 8 : 2 * sizeof(Word);
        static constexpr std::size_t exact_bin_limit = 8 * granule;
        static constexpr std::size_t bin_subdivision = 2;
        static constexpr std::size_t largest_chunk = 64 * granule;
        static constexpr std::size_t fit_probes = 2;
        static constexpr auto links = Links;
        static constexpr auto coalescing = Coalescing;
        static constexpr std::size_t cached_chunk_limit = 4 * granule;
        static constexpr std::size_t cached_bytes_limit = 16 * granule;
    };
};

template <class Config>
class script_run {
    using heap = script_heap<Config>;
    using owned_payload = typename heap::owned_payload;
    using request = typename heap::request;

    static constexpr std::size_t names = 26;
    static constexpr std::size_t never = ~std::size_t{0};
    static constexpr std::size_t most_in_pile = heap::spans * heap::span_bytes / heap::granule;

public:
    constexpr explicit script_run(const char* text) : text_(text) {}

    constexpr std::size_t run() {
        while (!is_at_end()) {
            if (is_digit()) repeat();
            else step();
        }
        return heap_.operations();
    }

private:
    // --- reading -----------------------------------------------------------------------------------------------------

    constexpr bool is_at_end() {
        while (text_[at_] == ' ') ++at_;
        return text_[at_] == '\0';
    }
    constexpr bool is_digit() const { return text_[at_] >= '0' && text_[at_] <= '9'; }
    constexpr std::size_t digit() {
        if (!is_digit()) the_script_has_an_error(at_);
        return static_cast<std::size_t>(text_[at_++] - '0');
    }
    constexpr std::size_t number() {
        std::size_t value = digit();
        while (is_digit()) value = value * 10 + digit();
        return value;
    }
    constexpr bool takes(char expected) {
        const bool is_there = text_[at_] == expected;
        at_ += is_there ? 1 : 0;
        return is_there;
    }
    constexpr owned_payload& named() {
        const char name = text_[at_++];
        if (name < 'a' || name > 'z') the_script_has_an_error(at_);
        return owned_payloads_[name - 'a'];
    }
    constexpr request wanted() {
        const std::size_t bytes = number() * heap::granule - heap::word_bytes;
        return {bytes, takes('@') ? number() * heap::granule : heap::granule};
    }

    constexpr void repeat() {
        const std::size_t times = number();
        if (!takes('(')) the_script_has_an_error(at_);
        const std::size_t start = at_;
        for (std::size_t done = 0; done < times; ++done) {
            at_ = start;
            heap_.verify_every(done == 0 || done + 1 == times ? 1 : never);
            while (!is_at_end() && text_[at_] != ')') step();
        }
        heap_.verify_every(1);
        ++at_;
    }

    // --- acting ------------------------------------------------------------------------------------------------------

    constexpr void step() {
        heap_.at(at_);
        const char what = text_[at_++];
        if (!act_on_payload(what) && !act_on_pile(what) && !act_on_heap(what)) the_script_has_an_error(at_);
    }

    constexpr bool act_on_payload(char what) {
        switch (what) {
            case '+': allocate(named()); return true;
            case '-': heap_.deallocate(named()); return true;
            case '~': reallocate(); return true;
            case '=': resize(named()); return true;
            case '#': fail_to_resize(named()); return true;
            default: return false;
        }
    }

    constexpr bool act_on_pile(char what) {
        const std::size_t usual = heap_.verify_every(3);
        const bool is_about_the_pile = act_on_whole_pile(what);
        heap_.verify_every(usual);
        return is_about_the_pile;
    }
    constexpr bool act_on_whole_pile(char what) {
        switch (what) {
            case '*': pile_up(wanted()); return true;
            case '/': clear_pile(0, 1); return true;
            case '\\': clear_pile_backward(); return true;
            case '%':
                clear_pile(1, 2);
                clear_pile(0, 1);
                return true;
            default: return false;
        }
    }

    constexpr bool act_on_heap(char what) {
        switch (what) {
            case '!': heap_.fail_to_allocate(wanted()); return true;
            case '.': heap_.coalesce(); return true;
            case '[': add_region(); return true;
            case ']': remove_region(); return true;
            case '?': look(heap_.free_chunks()); return true;
            case '^': look(heap_.largest_free() / heap::granule); return true;
            default: return false;
        }
    }

    constexpr void look(std::size_t found) {
        if (found != number()) the_heap_has_another_shape(at_);
    }

    constexpr void allocate(owned_payload& made) {
        if (made.is_owned()) the_script_has_an_error(at_);
        heap_.allocate(made, wanted());
    }
    constexpr void reallocate() {
        const bool is_to_fail = takes('!');
        owned_payload& owned = named();
        if (is_to_fail) heap_.fail_to_reallocate(owned, wanted());
        else heap_.reallocate(owned, wanted());
    }
    constexpr void resize(owned_payload& owned) { heap_.resize(owned, wanted()); }
    constexpr void fail_to_resize(const owned_payload& owned) { heap_.fail_to_resize(owned, wanted()); }

    constexpr void pile_up(const request& each_wanted) {
        for (owned_payload& each : pile_) {
            if (!each.is_owned() && !heap_.allocate_if_possible(each, each_wanted)) return;
        }
    }
    constexpr void clear_pile(std::size_t first, std::size_t stride) {
        for (std::size_t i = first; i < most_in_pile; i += stride) {
            if (pile_[i].is_owned()) heap_.deallocate(pile_[i]);
        }
    }
    constexpr void clear_pile_backward() {
        for (std::size_t i = most_in_pile; i != 0; --i) {
            if (pile_[i - 1].is_owned()) heap_.deallocate(pile_[i - 1]);
        }
    }

    struct spans {
        std::size_t first, count;
    };
    constexpr spans named_spans() {
        const std::size_t first = digit();
        return {first, is_digit() ? digit() - first + 1 : 1};
    }
    constexpr void add_region() {
        const bool is_to_fail = takes('!');
        const spans given = named_spans();
        const bool has_worked = heap_.add_spans(given.first, given.count) == allot::region_status::ok;
        is_to_fail ? heap_.must_fail(has_worked) : heap_.must_work(has_worked);
    }
    constexpr void remove_region() {
        const bool is_to_fail = takes('!');
        const spans taken = named_spans();
        const bool has_worked = heap_.remove_spans(taken.first, taken.count) == allot::region_status::ok;
        is_to_fail ? heap_.must_fail(has_worked) : heap_.must_work(has_worked);
    }

    const char* text_;
    std::size_t at_ = 0;
    heap heap_{};
    owned_payload owned_payloads_[names] = {};
    owned_payload pile_[most_in_pile] = {};
};

template <class Config>
constexpr std::size_t run(const char* script) {
    return script_run<Config>(script).run();
}

template <class... Configs>
struct script_heaps {
    static constexpr std::size_t least_operations = 50;

    static constexpr bool live(const char* script) { return ((run<Configs>(script) >= least_operations) && ...); }
};

using immediate_heaps = script_heaps<script_config<std::uint64_t, allot::links::word, allot::coalescing::immediate>,
                                     script_config<std::uint64_t, allot::links::compact, allot::coalescing::immediate>,
                                     script_config<std::uint32_t, allot::links::word, allot::coalescing::immediate>,
                                     script_config<std::uint32_t, allot::links::compact, allot::coalescing::immediate>,
                                     script_config<std::uint16_t, allot::links::word, allot::coalescing::immediate>>;
using deferred_heaps = script_heaps<script_config<std::uint64_t, allot::links::word, allot::coalescing::deferred>,
                                    script_config<std::uint64_t, allot::links::compact, allot::coalescing::deferred>,
                                    script_config<std::uint32_t, allot::links::word, allot::coalescing::deferred>,
                                    script_config<std::uint32_t, allot::links::compact, allot::coalescing::deferred>,
                                    script_config<std::uint16_t, allot::links::word, allot::coalescing::deferred>>;

/// On every heap.
constexpr bool all_heaps_live(const char* script) {
    return immediate_heaps::live(script) && deferred_heaps::live(script);
}

}  // namespace allot_test
