// The picture of a heap, character by character.
#include <allot/diagnostics/heap_map.hpp>

#include "support/catch.hpp"
#include "support/checked_heap.hpp"
#include "support/heaps.hpp"

#include <string>

using namespace allot_test;

namespace {

constexpr std::size_t cell = 64;

// Regions that are tiled by whole cells, on every machine: the first chunk starts a word below a cell.
template <class Heap>
struct drawn : checked_heap<Heap> {
    drawn() : checked_heap<Heap>(bare_field{65536}) {}

    void add_cells(std::size_t at_cell, std::size_t cells) {
        const std::size_t descriptor = 5 * this->overhead;
        REQUIRE(this->add_region(at_cell * cell - descriptor, cells * cell + descriptor) == allot::region_status::ok);
    }
    void* take_bytes(std::size_t bytes) { return this->allocate(bytes - this->overhead); }
    void* take_cells(std::size_t cells) { return take_bytes(cells * cell); }

    std::string map(const allot::heap_map_options& options) {
        std::string picture;
        allot::draw_heap_map(
            this->raw(), [&](char character) { picture += character; }, options);
        return picture;
    }
};

const std::string legend = " bytes   # in use   + mostly in use   - mostly free   . free   o cached\n";
constexpr allot::heap_map_options by_cell{cell, 16, 16};

}  // namespace

TEST_CASE("heap_map: an empty heap is a legend and nothing of nothing") {
    drawn<allot::heap> heap;
    CHECK(heap.map(by_cell) ==
          "heap map: 1 character = 64" + legend + "largest free chunk 0 of 0 free bytes: 0 % fragmented\n");
    CHECK(heap.map({}).substr(0, 24) == "heap map: 1 character = ");
}

TEST_CASE("heap_map: one character a cell, in use, free and cached, row by row") {
    drawn<allot::heap> heap;
    heap.add_cells(1, 40);
    heap.take_cells(3);
    void* const cached = heap.take_cells(2);
    heap.take_cells(1);
    void* const freed = heap.take_cells(14);
    heap.take_cells(4);
    heap.deallocate(cached);
    heap.deallocate(freed);
    CHECK(heap.map(by_cell) == "heap map: 1 character = 64" + legend +
                                   "region 1\n"
                                   "|###oo#..........|\n"
                                   "|....####........|\n"
                                   "|........        |\n"
                                   "largest free chunk 1024 of 2048 free bytes: 50 % fragmented\n");
}

TEST_CASE("heap_map: what only waits to be merged is free in one piece") {
    drawn<allot::heap> heap;
    heap.add_cells(1, 16);
    void* waiting[8];
    for (void*& payload : waiting) payload = heap.take_cells(2);
    for (void* const payload : waiting) heap.deallocate(payload);
    const allot::heap_stats stats = heap.stats();
    REQUIRE(stats.largest_free > stats.free_bytes);
    CHECK(heap.map(by_cell).find("largest free chunk 1024 of 1024 free bytes: 0 % fragmented\n") != std::string::npos);
}

TEST_CASE("heap_map: a cell of several chunks tells which there is more of") {
    drawn<immediate_heap> heap;
    heap.add_cells(1, 6);
    heap.take_bytes(96);
    void* const hole = heap.take_bytes(64);
    heap.take_bytes(32);
    heap.deallocate(hole);
    CHECK(heap.map(by_cell) == "heap map: 1 character = 64" + legend +
                                   "region 1\n"
                                   "|#++...          |\n"
                                   "largest free chunk 192 of 256 free bytes: 25 % fragmented\n");
    CHECK(heap.map({128, 4, 1}) == "heap map: 1 character = 128" + legend +
                                       "region 1\n"
                                       "|+-. |\n"
                                       "largest free chunk 192 of 256 free bytes: 25 % fragmented\n");
}

TEST_CASE("heap_map: a cell that the region does not fill is drawn by what it has") {
    drawn<immediate_heap> heap;
    heap.add_cells(1, 5);
    heap.take_bytes(256);
    CHECK(heap.map({256, 4, 1}) == "heap map: 1 character = 256" + legend +
                                       "region 1\n"
                                       "|#.  |\n"
                                       "largest free chunk 64 of 64 free bytes: 0 % fragmented\n");
}

TEST_CASE("heap_map: every region starts a row, also one that ended with a full one") {
    drawn<immediate_heap> heap;
    heap.add_cells(1, 8);
    heap.add_cells(100, 3);
    heap.add_cells(200, 4);
    heap.take_cells(4);
    CHECK(heap.map({cell, 4, 4}) == "heap map: 1 character = 64" + legend +
                                        "region 1\n"
                                        "|####|\n"
                                        "|....|\n"
                                        "region 2\n"
                                        "|... |\n"
                                        "region 3\n"
                                        "|....|\n"
                                        "largest free chunk 256 of 704 free bytes: 64 % fragmented\n");
}

TEST_CASE("heap_map: left to itself it chooses a power of two that fits the rows and columns asked for") {
    drawn<immediate_heap> heap;
    heap.add_cells(1, 1000);
    for (const allot::heap_map_options options :
         {allot::heap_map_options{0, 64, 16}, allot::heap_map_options{0, 10, 3}, allot::heap_map_options{0, 1, 1}}) {
        const std::string picture = heap.map(options);
        std::size_t cells = 0;
        for (const char character : picture.substr(picture.find("region 1"))) cells += character == '.' ? 1u : 0u;
        CHECK(cells <= options.columns * options.rows);
        CHECK(cells + 1 > options.columns * options.rows / 2);
    }
}

TEST_CASE("heap_map: no columns and no rows mean one") {
    drawn<immediate_heap> heap;
    heap.add_cells(1, 2);
    CHECK(heap.map({cell, 0, 0}).find("region 1\n|.|\n|.|\n") != std::string::npos);
    CHECK(heap.map({0, 0, 0}).find("region 1\n|.|\n") != std::string::npos);
}

TEST_CASE("heap_map: a locked heap is drawn alike") {
    drawn<locked<allot::spin_lock>> heap;
    heap.add_cells(1, 16);
    heap.take_cells(3);
    CHECK(heap.map(by_cell).find("|###.............|") != std::string::npos);
}

TEST_CASE("heap_map: percentages of huge numbers do not overflow") {
    using allot::detail::percent_of;
    STATIC_REQUIRE(percent_of(1, 3) == 33);
    STATIC_REQUIRE(percent_of(2, 3) == 66);
    STATIC_REQUIRE(percent_of(0, 0) == 0);
    STATIC_REQUIRE(percent_of(5, 0) == 0);
    STATIC_REQUIRE(percent_of(4, 3) == 100);
    STATIC_REQUIRE(percent_of(SIZE_MAX, 3) == 100);
    STATIC_REQUIRE(percent_of(SIZE_MAX, SIZE_MAX) == 100);
    STATIC_REQUIRE(percent_of(SIZE_MAX - 1, SIZE_MAX) == 99);
    STATIC_REQUIRE(percent_of(SIZE_MAX / 2, SIZE_MAX) == 49);
    STATIC_REQUIRE(percent_of(SIZE_MAX / 2 + 1, SIZE_MAX) == 50);
    STATIC_REQUIRE(percent_of(SIZE_MAX / 100, SIZE_MAX / 100 + 1) == 99);  // where part * 100 begins to wrap
    STATIC_REQUIRE(percent_of(SIZE_MAX / 100 + 1, SIZE_MAX / 100 + 2) == 99);
}

TEST_CASE("heap_map: percentages of small numbers are rounded down, each of them") {
    for (std::size_t whole = 1; whole < 300; ++whole) {
        for (std::size_t part = 0; part <= whole; ++part)
            REQUIRE(allot::detail::percent_of(part, whole) == part * 100 / whole);
    }
}

TEST_CASE("heap_map: a character for any number of bytes") {
    using allot::detail::bytes_a_character;
    constexpr std::size_t most = SIZE_MAX / 2 + 1;
    STATIC_REQUIRE(bytes_a_character(1000, 10, 16) == 128);
    STATIC_REQUIRE(bytes_a_character(160, 10, 16) == 16);
    STATIC_REQUIRE(bytes_a_character(161, 10, 16) == 32);
    STATIC_REQUIRE(bytes_a_character(0, 1, 16) == 16);
    STATIC_REQUIRE(bytes_a_character(most - 1, 1, 16) == most);
    STATIC_REQUIRE(bytes_a_character(most, 1, 16) == most);
    STATIC_REQUIRE(bytes_a_character(most + 1, 1, 16) == most);  // two characters: there is no larger power of two
    STATIC_REQUIRE(bytes_a_character(SIZE_MAX, 1, 16) == most);
    STATIC_REQUIRE(bytes_a_character(SIZE_MAX, 2, 16) == most);
    STATIC_REQUIRE(bytes_a_character(SIZE_MAX, 4, 16) == most / 2);
    STATIC_REQUIRE(bytes_a_character(SIZE_MAX, SIZE_MAX, 16) == 16);
}

TEST_CASE("heap_map: rows and columns whose product is more than a number can hold") {
    using allot::detail::cells_in;
    STATIC_REQUIRE(cells_in(16, 64) == 1024);
    STATIC_REQUIRE(cells_in(0, 64) == 64);
    STATIC_REQUIRE(cells_in(SIZE_MAX, 1) == SIZE_MAX);
    STATIC_REQUIRE(cells_in(1, SIZE_MAX) == SIZE_MAX);
    STATIC_REQUIRE(cells_in(SIZE_MAX / 2 + 1, 2) == SIZE_MAX);
    STATIC_REQUIRE(cells_in(SIZE_MAX, SIZE_MAX) == SIZE_MAX);
    drawn<immediate_heap> heap;
    heap.add_cells(1, 4);
    const std::string picture = heap.map({0, 64, SIZE_MAX / 64 + 2});  // wraps to 64 cells, a bit more
    CHECK(picture.find("heap map: 1 character = " + std::to_string(allot::heap::default_alignment) + " ") == 0);
}
