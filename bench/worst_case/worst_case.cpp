// allot_worst_case: calls on a bounded heap that has been made hard to serve. Run under callgrind, which counts each.
//
//     allot_worst_case --heap-bytes 1048576 --free-chunks 1000       prints how many free chunks there were at most
//
// Exit code 1: the heap was not sound. 2: bad arguments.
#include "support/random.hpp"
#include "support/region.hpp"
#include "worst_case/counted_calls.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <stdexcept>

namespace bench {
namespace {

/// Sizes up to 64 KiB, every one of the small bins among them, in every alignment, while the comb is whole.
void comb_through(bounded_heap& heap) {
    for (std::size_t bytes = 8; bytes < 65'536; bytes += 16 + bytes / 64 * 16) {
        for (std::size_t alignment = 16; alignment <= 8192; alignment *= 2) {
            if (void* const payload = one_allocate(heap, bytes, alignment)) one_deallocate(heap, payload);
        }
    }
}

/// Random calls in what is left, with sizes and alignments that combs make hard.
class hard_life {
public:
    hard_life(bounded_heap& heap, std::vector<void*> owned, std::uint64_t seed)
        : heap_{heap}, owned_{std::move(owned)}, dice_{seed} {}

    void step() {
        const std::size_t draw = owned_.empty() ? 0 : dice_.below(10);
        if (draw < 4) return allocate();
        std::swap(owned_[dice_.below(owned_.size())], owned_.back());
        if (draw < 6) return reallocate();
        one_deallocate(heap_, owned_.back());
        owned_.pop_back();
    }

    void end() {
        for (void* const payload : owned_) heap_.deallocate(payload);
    }

private:
    std::size_t bytes() {
        return dice_.below(2) == 0 ? dice_.below(first_coarse + 64) : dice_.below(std::size_t{16} << dice_.below(14));
    }

    void allocate() {
        const std::size_t alignment = std::size_t{16} << (dice_.below(2) == 0 ? 0 : dice_.below(10));
        if (void* const payload = one_allocate(heap_, bytes(), alignment)) owned_.push_back(payload);
    }

    void reallocate() {
        if (void* const moved = one_reallocate(heap_, owned_.back(), bytes())) owned_.back() = moved;
    }

    bounded_heap& heap_;
    std::vector<void*> owned_;
    random dice_;
};

struct command_line {
    std::size_t heap_bytes = 0;
    std::size_t free_chunks = 0;
    std::size_t steps = 10'000;
};

/// One comb, combed through, then lived in. The most free chunks that there were.
std::size_t make_it_hard(bounded_heap& heap, comb kind, const command_line& wanted) {
    hard_life life{heap, comb_maker{heap}.make(kind, wanted.free_chunks), wanted.free_chunks};
    const std::size_t free_chunks = heap.stats().free_chunks;
    comb_through(heap);
    for (std::size_t i = 0; i < wanted.steps; ++i) life.step();
    if (!heap.verify()) throw std::runtime_error{"the heap is not sound"};
    life.end();
    return free_chunks;
}

void run(const command_line& wanted) {
    const region memory{wanted.heap_bytes, residence::untouched};
    bounded_heap heap;
    if (heap.add_region(memory.bytes().data(), wanted.heap_bytes) != allot::region_status::ok) {
        throw std::runtime_error{"the heap refuses a region of " + std::to_string(wanted.heap_bytes) + " bytes"};
    }
    std::size_t most_free = 0;
    for (const comb kind : {comb::smallest, comb::one_bin, comb::many_bins, comb::doublings}) {
        most_free = std::max(most_free, make_it_hard(heap, kind, wanted));
    }
    std::cout << most_free << '\n';
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    bench::command_line wanted;
    CLI::App app{"Calls on a bounded heap that has been made hard to serve."};
    app.add_option("--heap-bytes", wanted.heap_bytes)->required();
    app.add_option("--free-chunks", wanted.free_chunks)->required();
    app.add_option("--steps", wanted.steps, "random calls on each of the set-ups");
    CLI11_PARSE(app, count, arguments);
    try {
        bench::run(wanted);
        return 0;
    } catch (const std::exception& wrong) {
        std::cerr << "allot_worst_case: " << wrong.what() << '\n';
        return 1;
    }
}
