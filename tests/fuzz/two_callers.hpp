// Two callers of one locked heap: whenever a call of the first lets go of the lock, the second makes one of its own.
//
//     first    reallocate:  lock | unlock     copy     lock | unlock       release ...
//                                        |                         |
//     second                        look, a call              look, a call
//
// The first also walks over the heap and verifies it, which lets the second in between any two pieces: what stood all the time
// must have been visited, no byte twice, and what the second does is no broken invariant.
//
// A look: the heap is sound, its numbers agree with a walk, and nothing is taken but what callers own, what the first
// will own, and the bytes that are still being read; a request for what is free must be met then and there.
//
// Guarantees: deterministic for a seed; what is wrong ends the run (failure.hpp).
#pragma once

#include "any_heap.hpp"
#include "page_supply.hpp"
#include "promise.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace fuzz {

class two_callers {
public:
    /// `supply`: what the heap's source asks; null for a heap without.
    two_callers(any_heap& heap, const promise& promised, page_supply* supply, std::uint64_t seed);
    ~two_callers() { current() = nullptr; }
    two_callers(const two_callers&) = delete;
    two_callers& operator=(const two_callers&) = delete;

    /// One call of the first, with whatever the second does meanwhile.
    void step();

    /// Gives everything back: what the caller gave is whole, what the source gave is gone.
    void end();

    /// For the lock of the heap: it was let go just now.
    static void lock_was_dropped() {
        if (current() != nullptr) current()->between();
    }

private:
    enum class verb : unsigned char { none, allocate, deallocate, reallocate, try_resize, coalesce, walk, verify };

    struct owned_payload {
        unsigned char* at;
        std::size_t usable;
        std::uint64_t key;
    };
    using caller = std::vector<owned_payload>;

    /// What the first is doing: where its old payload is, and what it asked for.
    struct running_call {
        verb what = verb::none;
        wanted_payload wanted{};
        stretch old{};
    };

    static two_callers*& current() {
        static two_callers* callers = nullptr;
        return callers;
    }

    void act(caller& who, verb what);
    void allocate(caller& who);
    void deallocate(caller& who);
    void reallocate(caller& who);
    void try_resize(caller& who);
    void walk();
    void verify();
    verb choose(const caller& who);
    wanted_payload choose_request();

    /// A call of one caller: what it promises is looked at before, and held against the result after.
    template <class Call>
    void* request(const running_call& call, Call&& make);
    void start(const running_call& call);
    void finish();

    void adopt(caller& who, void* payload, const wanted_payload& wanted);
    owned_payload disown(caller& who);
    void check_content(const owned_payload& owned, std::size_t bytes) const;
    void check_unused(const allot::memory_span& span) const;

    void between();
    void look();
    picture take_picture() const;
    void check_taken(const picture& seen) const;
    void check_strays(const std::vector<stretch>& strays) const;
    void check_numbers(const picture& seen);
    void check_promise(const picture& seen);
    void check_between_calls();
    void note_owned(std::size_t extra);

    stretch chunk_of(const owned_payload& owned) const;
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
    bool one_in(std::size_t count) { return below(count) == 0; }

    any_heap& heap_;
    promise promised_;
    page_supply* supply_;
    std::mt19937_64 random_;
    std::size_t area_bytes_;
    std::size_t given_bytes_ = 0;
    caller first_;
    caller second_;
    std::map<std::size_t, std::size_t> settled_;  // start and end of the chunks that callers own, but the one in motion
    std::map<std::size_t, std::size_t> standing_;  // those of them that a walk has yet to visit
    std::size_t settled_bytes_ = 0;
    std::size_t least_peak_ = 0;
    std::size_t most_peak_ = 0;
    running_call running_{};
    bool is_nested_ = false;
    std::uint64_t keys_ = 0;
    std::size_t steps_ = 0;
};

}  // namespace fuzz
