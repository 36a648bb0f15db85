#include "cores/churn_run.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace bench;

namespace {

/// Stands in for a heap: "allocate" writes a word of its control block, which is one line. There is one payload.
class one_line_heap final : public observed_heap {
public:
    void* allocate(std::size_t word) override {
        simulation::watching()->access(reinterpret_cast<std::uintptr_t>(&line_[word]), 8, access_kind::write);
        return payload_.data();
    }
    void deallocate(void*) override {}
    std::size_t usable_size(const void*) const override { return 0; }
    bool is_sound() const override { return true; }
    std::span<const std::byte> control_block() const override { return std::as_bytes(std::span{line_}); }
    std::vector<control_part> parts() const override { return {{"low", 0, 8}, {"high", 8, 56}}; }

    std::span<const std::byte> region() const { return payload_; }

private:
    alignas(line_bytes) std::array<std::uint64_t, 8> line_{};
    alignas(line_bytes) std::array<std::byte, line_bytes> payload_{};
};

/// Two cores that write a word of one line a hundred times each.
struct two_writers {
    explicit two_writers(std::array<std::size_t, 2> word_of_core) {
        turns.run([&](std::size_t core) {
            for (int i = 0; i < 100; ++i) observed.allocate(word_of_core[core]), turns.pass();
        });
    }

    core_turns turns{2, 1};
    one_line_heap heap;
    simulation observed{turns, heap, heap.region()};
};

double allocator_transfers_a_call(const run_result& counted) {
    const std::size_t found =
        counted.count_of([](const named_transfers& each) { return each.kind.verb != core_verb::write_payload; });
    return static_cast<double>(found) / static_cast<double>(counted.counts.calls);
}

run_settings small_run(std::string lock, std::size_t foreign_every) {
    return {std::move(lock), 4, 500, {.live_objects = 300, .foreign_every = foreign_every}};
}

bool is_of_chunks(const std::string& part) { return part.find('_') == std::string::npos; }

}  // namespace

TEST_CASE("cores go on between any two accesses, and every run is the same", "[cores]") {
    const auto order = [](std::uint64_t seed) {
        core_turns turns{3, seed};
        std::string seen;
        turns.run([&](std::size_t core) {
            for (int i = 0; i < 200; ++i) turns.before_access(), seen += static_cast<char>('0' + core);
        });
        return seen;
    };
    const std::string first = order(1);
    CHECK(first.size() == 600);
    CHECK(std::ranges::count(first, '2') == 200);
    CHECK(first.find("01") != std::string::npos);
    CHECK(first.find("20") != std::string::npos);
    CHECK(first == order(1));
    CHECK(first != order(2));
}

TEST_CASE("who writes the same word in turn pays a transfer a write", "[cores]") {
    const two_writers same{{0, 0}};
    REQUIRE(same.observed.transfers().size() == 1);
    const auto& [kind, count] = *same.observed.transfers().begin();
    CHECK(count > 180);  // but where a core has two turns in a row
    CHECK(count < 200);
    CHECK(kind.seen == traffic::taken);
    CHECK(same.observed.name_of(kind.part) == "low");
    CHECK(kind.is_same_word);
    CHECK(same.observed.stores_to_control_block().to_words == 200);
}

TEST_CASE("who writes another word of the line pays too, and the word that it is for is told", "[cores]") {
    const two_writers other{{0, 3}};
    std::size_t total = 0;
    for (const auto& [kind, count] : other.observed.transfers()) {
        total += count;
        CHECK_FALSE(kind.is_same_word);
        CHECK(other.observed.name_of(kind.part) != other.observed.name_of(kind.cause_part));
        CHECK((kind.part == 0 ? kind.cause_offset : kind.offset) == 16);
    }
    CHECK(total > 180);
    CHECK(total < 200);
    CHECK(other.observed.stores_to_control_block().to_words == 0);
    CHECK(other.observed.stores_to_control_block().to_lines == 200);
}

TEST_CASE("every access of every heap is in it or on the stack of the caller", "[cores]") {
    for (const std::string_view lock : observed_locks) {
        const run_result counted = run_churn(small_run(std::string{lock}, 8));
        INFO(lock);
        CHECK(counted.counts.elsewhere == 0);
        CHECK(counted.counts.foreign > 200);  // of 2,000 objects
    }
}

TEST_CASE("a core alone transfers nothing", "[cores]") {
    for (const std::string_view lock : observed_locks) {
        run_settings alone = small_run(std::string{lock}, 0);
        alone.cores = 1;
        CHECK(run_churn(alone).transfers.empty());
    }
}

TEST_CASE("under one lock the cores fetch its line and the heap's from each other", "[cores]") {
    run_settings two = small_run("one_lock", 0);
    two.cores = 2;
    const run_result counted = run_churn(two);
    CHECK(allocator_transfers_a_call(counted) > 1);
    CHECK(counted.counts.hits == 0);
}

TEST_CASE("what a lane meets touches no line of the control block that another core has", "[cores]") {
    for (const std::size_t foreign_every : {0u, 8u}) {
        const run_result counted = run_churn(small_run("core_local", foreign_every));
        CHECK(counted.count_of([](const named_transfers& each) {
            return !each.kind.is_past_lane && !is_of_chunks(each.part);
        }) == 0);
        CHECK(counted.counts.hits > 0);
        CHECK(counted.to_control_block.to_words == 0);
        CHECK(counted.to_control_block.to_lines == 0);
    }
}
