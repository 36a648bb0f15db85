#include <allot/free/bins.hpp>

#include "support/catch.hpp"
#include "support/sizes.hpp"
#include "support/sparse_memory.hpp"

#include <allot/chunks/size_class.hpp>

#include <cstdint>
#include <vector>

using allot::detail::none;

namespace {

constexpr std::size_t granule = 16;
constexpr std::size_t probes = 4;
using chunks_type = allot::detail::chunk_access<allot_test::sparse_memory<std::size_t>, granule, allot::links::word>;
using classes = allot::detail::size_classes<granule, 256, 8, 65536>;
using bins_type = allot::detail::bins<chunks_type, classes, probes>;
using fit_type = allot::detail::fit<chunks_type>;

constexpr auto all_sound = [](std::size_t) { return true; };

// Bins, and chunks that are put into them wherever a test wants.
template <class Bins>
struct bins_of_chunks {
    chunks_type chunks;
    Bins bins;

    bins_of_chunks() { bins.start(chunks); }

    std::size_t put(std::size_t chunk, std::size_t size) {
        chunks.write_free(chunk, size);
        bins.insert(chunks, {chunk, size});
        return chunk;
    }
    void remove(std::size_t chunk) { bins.remove(chunks, chunk, classes::bin_of(chunks.size_of(chunk))); }
    std::size_t find(std::size_t size) { return bins.find(chunks, size, all_sound).chunk; }

    std::vector<std::size_t> order(std::size_t size) const {
        std::vector<std::size_t> found;
        if (bins.is_empty(classes::bin_of(size))) return found;
        for (std::size_t at = bins.first(chunks, classes::bin_of(size)); at != none; at = bins.after(chunks, at))
            found.push_back(at);
        return found;
    }
    std::size_t find_aligned(std::size_t size, std::size_t alignment) {
        return bins.find_aligned(chunks, {size, alignment}).chunk;
    }
    std::size_t find_anywhere(std::size_t size, std::size_t alignment = granule) {
        return bins.template find_anywhere<1000>(chunks, {size, alignment}, all_sound);
    }
    std::size_t find_within_two(std::size_t size) {
        return bins.template find_anywhere<2>(chunks, {size, granule}, all_sound);
    }
    std::size_t largest() const { return bins.template largest<1000>(chunks).size; }
};

using binned = bins_of_chunks<bins_type>;
using looked_at_once = bins_of_chunks<allot::detail::bins<chunks_type, classes, 1>>;

constexpr std::size_t at(std::size_t place) { return 0x100000 + place * 0x10000 - sizeof(std::size_t); }

}  // namespace

TEST_CASE("fit: the lead below an aligned payload is none or a chunk") {
    for (const std::size_t alignment : allot_test::sizes{16, 32, 64, 256}) {
        for (std::size_t i = 0; i < 40; ++i) {
            const std::size_t chunk = at(1) + i * granule;
            const std::size_t lead = fit_type{64, alignment}.lead_in(chunk);
            CHECK((chunk + lead + sizeof(std::size_t)) % alignment == 0);
            CHECK((lead == 0 || lead >= chunks_type::min_chunk));
            CHECK(lead < alignment + chunks_type::min_chunk);
            CHECK(fit_type{64, alignment}.fits_in(chunk, lead + 64));
            CHECK_FALSE(fit_type{64, alignment}.fits_in(chunk, lead + 64 - granule));
        }
    }
}

TEST_CASE("fit: nothing fits in no chunk, and a huge alignment in none that is far from it") {
    CHECK_FALSE(fit_type{32, 16}.fits_in(none, 0));
    CHECK_FALSE(fit_type{32, SIZE_MAX / 2 + 1}.fits_in(at(1), 65536));
}

TEST_CASE("bins: empty ones find nothing") {
    binned empty;
    for (std::size_t size = 32; size <= 65536; size += 480) {
        CHECK(empty.find(size) == none);
        CHECK(empty.find_aligned(size, 64) == none);
        CHECK(empty.find_anywhere(size) == none);
    }
    CHECK(empty.largest() == 0);
}

TEST_CASE("bins: what is put in is found, and gone once removed, whoever removes it") {
    for (std::size_t size = 32; size <= 65536; size += size < 600 ? 16 : 1008) {
        for (const bool as_first : {false, true}) {
            binned scene;
            const std::size_t chunk = scene.put(at(1), size);
            CHECK(scene.find(size) == chunk);
            CHECK(scene.find_anywhere(size) == chunk);
            CHECK(scene.largest() == size);
            if (as_first) scene.bins.remove_first(scene.chunks, chunk, classes::bin_of(size));
            else scene.remove(chunk);
            CHECK(scene.find_anywhere(32) == none);
            CHECK(scene.bins.map().find_from(0) == bins_type::bin_count);
        }
    }
}

TEST_CASE("bins: what is found has room, and what is sure to fit is found") {
    for (std::size_t wanted = 32; wanted <= 4096; wanted += 16) {
        for (std::size_t size = wanted; size <= 4800; size += 208) {
            looked_at_once scene;
            scene.put(at(1), size);
            scene.put(at(2), 32);
            const std::size_t found = scene.find(wanted);
            CHECK((found == none || scene.chunks.size_of(found) >= wanted));
            CHECK((found != none || size < wanted + wanted / 8 + granule));
        }
    }
}

TEST_CASE(
    "bins: of many sizes a lower one goes to the front, any other to the back; of one size the last one is first") {
    binned scene;
    for (const std::size_t place : {3U, 9U, 4U, 2U, 6U}) scene.put(at(place), 1024);
    CHECK(scene.order(1024) == std::vector{at(2), at(3), at(9), at(4), at(6)});
    for (const std::size_t place : {13U, 19U, 14U}) scene.put(at(place), 64);
    CHECK(scene.order(64) == std::vector{at(14), at(19), at(13)});
}

TEST_CASE("bins: one look at the first of the own bin, else the first of the next one that is not empty") {
    looked_at_once scene;
    scene.put(at(1), 1024);
    scene.put(at(2), 1136);
    const std::size_t larger = scene.put(at(3), 4096);
    CHECK(scene.find(1024) == at(1));
    CHECK(scene.find(1040) == larger);  // the second one would do
    scene.remove(at(1));
    CHECK(scene.find(1040) == at(2));
    scene.remove(at(2));
    CHECK(scene.find(1040) == larger);
    scene.remove(larger);
    CHECK(scene.find(1040) == none);
}

TEST_CASE("bins: of the first few equals the lowest that fits is chosen") {
    binned scene;
    for (const std::size_t place : {2U, 6U, 4U, 9U, 7U}) scene.put(at(place), 1024 + 16 * place / 2);
    REQUIRE(scene.order(1024) == std::vector{at(2), at(6), at(4), at(9), at(7)});
    CHECK(scene.find(1040) == at(2));
    CHECK(scene.find(1056) == at(4));
    CHECK(scene.find(1072) == at(6));
    scene.remove(at(9));
    scene.put(at(12), 1136);
    CHECK(scene.find(1136) == none);  // place 12 is fifth in line
    CHECK(scene.find_anywhere(1136) == at(12));
}

TEST_CASE("bins: the search among equals does not follow an unsound chunk, and names it") {
    binned scene;
    scene.put(at(1), 1024);
    scene.put(at(2), 1024);
    scene.put(at(3), 1024);
    const auto but_the_second = [](std::size_t chunk) { return chunk != at(2); };
    scene.chunks.set_next_free(at(2), 0x4141414141414141u & (SIZE_MAX - 7));
    const auto found = scene.bins.find(scene.chunks, 1040, but_the_second);
    CHECK(found.chunk == at(2));
    CHECK(found.bin == classes::bin_of(scene.chunks.size_of(at(2))));
    CHECK(scene.bins.find_anywhere<1000>(scene.chunks, {1040, granule}, but_the_second) == at(2));
}

TEST_CASE("bins: an aligned request takes a lucky fit, else one that is sure to do") {
    binned scene;
    scene.put(at(1) + granule, 2048);
    scene.put(at(2), 1024);  // its payload is aligned as it is
    CHECK(scene.find_aligned(1000, 4096) == at(2));
    CHECK(scene.find_aligned(1024, 64) == at(2));
    CHECK(scene.find_aligned(1104, 64) == at(1) + granule);
    CHECK(scene.find_aligned(1104, 4096) == none);
    CHECK(scene.find_aligned(SIZE_MAX / 4, SIZE_MAX / 2 + 1) == none);
}

TEST_CASE("bins: an aligned search gives up on unlucky bins after a few, and takes what is sure") {
    binned scene;
    for (std::size_t i = 0; i < probes; ++i) scene.put(at(1 + i) + granule, 64 + 16 * i);
    const std::size_t sure = scene.put(at(20) + granule, 8192);
    CHECK(scene.find_aligned(64, 2048) == sure);
}

TEST_CASE("bins: the last resort looks at every chunk that could fit") {
    binned scene;
    for (std::size_t i = 0; i < 20; ++i) scene.put(at(i + 1), 1024);
    scene.put(at(30), 1136);
    for (std::size_t i = 0; i < 20; ++i) scene.put(at(i + 40), 1024);
    CHECK(scene.find(1136) == none);
    CHECK(scene.find_anywhere(1136) == at(30));
    CHECK(scene.find_anywhere(1152) == none);
}

TEST_CASE("bins: the largest is the largest of the highest bin, not its first") {
    binned scene;
    scene.put(at(1), 1136);
    scene.put(at(2), 1024);
    scene.put(at(3), 64);
    CHECK(scene.largest() == 1136);
    scene.remove(at(1));
    CHECK(scene.largest() == 1024);
}

TEST_CASE("bins: a bounded look sees as many as it may, and says whether that was all") {
    binned scene;
    scene.put(at(1), 1024);
    scene.put(at(2), 1040);
    scene.put(at(3), 1136);
    REQUIRE(scene.order(1024) == std::vector<std::size_t>{at(1), at(2), at(3)});
    CHECK(scene.find_within_two(1040) == at(2));
    CHECK(scene.find_within_two(1136) == none);
    CHECK(scene.find_anywhere(1136) == at(3));
    const auto seen = scene.bins.largest<2>(scene.chunks);
    CHECK((seen.size == 1040 && seen.count == 2 && !seen.is_all));
    const auto all = scene.bins.largest<3>(scene.chunks);
    CHECK((all.size == 1136 && all.count == 3 && all.is_all && all.bin == classes::bin_of(1136)));
}

TEST_CASE("bins: the largest are visited from both ends of a bin, each once") {
    binned scene;
    for (const std::size_t place : {3U, 9U, 4U, 2U, 6U}) scene.put(at(place), 4096);
    REQUIRE(scene.order(4096) == std::vector{at(2), at(3), at(9), at(4), at(6)});
    const auto visited = [&](std::size_t looks) {
        std::vector<std::size_t> seen;
        const auto visit = [&](std::size_t chunk) {
            seen.push_back(chunk);
            return seen.size() != looks;
        };
        scene.bins.for_largest(scene.chunks, visit);
        return seen;
    };
    CHECK(visited(100) == std::vector{at(2), at(6), at(3), at(4), at(9)});
    CHECK(visited(3) == std::vector{at(2), at(6), at(3)});
    scene.put(at(7), 64);
    CHECK(visited(6) == std::vector{at(2), at(6), at(3), at(4), at(9), at(7)});
}

TEST_CASE("bins: from the highest bin down, as far as the visitor goes") {
    binned scene;
    for (const std::size_t size : allot_test::sizes{64, 4096, 1024, 9000 / 16 * 16}) scene.put(at(size), size);
    std::vector<std::size_t> seen;
    const auto visit = [&](std::size_t chunk) {
        seen.push_back(scene.chunks.size_of(chunk));
        return seen.back() != 1024;
    };
    scene.bins.for_largest(scene.chunks, visit);
    CHECK(seen == std::vector<std::size_t>{8992, 4096, 1024});
}
