// Breadth first over every state that a tiny heap can be in.
//
//     frontier --> each state --> each move --> settled image: seen before? no: verify it, keep it, next frontier
//
// States are told apart by 128 bits of a hash of their image. When the frontier is empty, every state that any sequence
// of operations of any length can lead to has been seen: the heap is closed.
//
// Guarantees: a state that breaks an invariant, or a move that breaks its promise, ends the process with the shortest
// sequence of moves that leads there.
#pragma once

#include "closure_steps.hpp"
#include "closure_world.hpp"
#include "failure.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

namespace fuzz {

struct closure_result {
    std::uint64_t states;
    std::uint64_t edges;
    unsigned depth;
    bool is_closed;
};

struct image_hash {
    std::uint64_t low, high;
    bool operator==(const image_hash&) const = default;
};
struct image_hash_as_key {
    std::size_t operator()(const image_hash& hash) const { return static_cast<std::size_t>(hash.low); }
};

/// Two independent multiply-and-fold hashes, eight bytes at a time.
inline image_hash hash_of(const std::vector<unsigned char>& image) {
    image_hash hash{0x243F6A8885A308D3u, 0x13198A2E03707344u};
    for (std::size_t at = 0; at < image.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, image.data() + at, image.size() - at < 8 ? image.size() - at : 8);
        hash.low = (hash.low ^ word) * 0x9E3779B97F4A7C15u;
        hash.low ^= hash.low >> 29;
        hash.high = (hash.high + word) * 0xD6E8FEB86659FD93u;
        hash.high ^= hash.high >> 32;
    }
    return hash;
}

template <class Shape>
class closure_search {
public:
    closure_search(span_row spans, std::uint64_t most_states)
        : world_(spans), steps_(world_), most_states_(most_states) {}

    closure_result run() {
        if (world_.spans().count == 1) {
            world_.open_span(0, 1);
            static_cast<void>(world_.heap().add_region(world::first_address, world_.spans().bytes));
        }
        world_.settle();
        arrive(no_parent, {});
        while (!next_.empty() && result_.states < most_states_) expand_level();
        result_.is_closed = next_.empty();
        return result_;
    }

private:
    using world = closure_world<Shape>;
    static constexpr std::uint32_t no_parent = ~std::uint32_t{0};

    /// How a state was first reached: enough to tell the way to it.
    struct arrival {
        std::uint32_t from;
        closure_move by;
    };

    void expand_level() {
        const std::vector<unsigned char> level = std::move(next_);
        next_.clear();
        const std::size_t first = arrivals_.size() - level.size() / world_.image_bytes();
        for (std::size_t at = 0; at < level.size(); at += world_.image_bytes()) {
            still_alive();
            expand(level.data() + at, static_cast<std::uint32_t>(first + at / world_.image_bytes()));
        }
        ++result_.depth;
    }

    void expand(const unsigned char* state, std::uint32_t number) {
        world_.restore(state);
        world_.save(image_);
        const image_hash own = hash_of(image_);
        steps_.list(moves_);
        for (const closure_move& move : moves_) {
            tell_way(number, move);
            world_.restore(state);
            const bool may_differ = steps_.apply(move);
            ++result_.edges;
            if (!may_differ && !is_still(own)) fail("a move that failed has changed the heap");
            arrive(number, move);
        }
    }

    bool is_still(const image_hash& own) {
        world_.save(image_);
        return hash_of(image_) == own;
    }

    /// Verifies and keeps a state that is new.
    void arrive(std::uint32_t from, const closure_move& by) {
        world_.save(image_);
        if (!seen_.insert(hash_of(image_)).second) return;
        const allot::invariant broken = world_.heap().verify().broken;
        if (broken != allot::invariant::none)
            fail("invariant I" + std::to_string(static_cast<int>(broken)) + " is broken");
        arrivals_.push_back({from, by});
        next_.insert(next_.end(), image_.begin(), image_.end());
        progress().operations_done = ++result_.states;
    }

    /// Leaves the way to a move where the parent process finds it if this one ends.
    void tell_way(std::uint32_t number, const closure_move& move) {
        closure_way& way = shared_way();
        way.length = 0;
        way.moves[way.length++] = move;
        for (; number != no_parent && way.length < closure_way::most; number = arrivals_[number].from) {
            way.moves[way.length++] = arrivals_[number].by;
        }
    }

    world world_;
    closure_steps<Shape> steps_;
    std::uint64_t most_states_;
    closure_result result_{};
    std::unordered_set<image_hash, image_hash_as_key> seen_;
    std::vector<arrival> arrivals_;
    std::vector<unsigned char> next_;
    typename world::image image_;
    std::vector<closure_move> moves_;
};

}  // namespace fuzz
