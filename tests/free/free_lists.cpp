#include <allot/free/free_lists.hpp>

#include "support/catch.hpp"
#include "support/sparse_memory.hpp"

#include <cstdint>
#include <tuple>
#include <vector>

using allot::detail::chunk_access;
using allot_test::sparse_memory;

namespace {

template <class Word, allot::links Links>
using chunks = chunk_access<sparse_memory<Word>, 16, Links>;

using layouts = allot_test::joined<allot_test::if_word_fits<std::uint64_t, chunks<std::uint64_t, allot::links::word>,
                                                            chunks<std::uint64_t, allot::links::compact>>,
                                   std::tuple<chunks<std::uint32_t, allot::links::compact>>>;

constexpr std::size_t lists = 12;
constexpr std::size_t list = 7;
constexpr std::size_t none = allot::detail::none;

template <class Chunks>
struct listed {
    Chunks chunks;
    allot::detail::free_lists<Chunks, lists> rings;

    listed() {
        if constexpr (Chunks::is_compact) chunks.set_origin(0);
        rings.link_heads(chunks);
    }
    static std::size_t place(std::size_t i) { return (4096 + 8 * i) * Chunks::granule; }

    bool push_front(std::size_t i) { return rings.push_front(chunks, place(i), list); }
    void push_back(std::size_t i) { rings.push_back(chunks, place(i), list); }
    bool unlink(std::size_t i) { return rings.unlink(chunks, place(i)); }
    bool unlink_first() { return rings.unlink_first(chunks, rings.first(chunks, list), list); }

    // The numbers of the chunks in order; fails if a link back does not lead back.
    std::vector<std::size_t> order() const {
        std::vector<std::size_t> found;
        std::size_t back = none;
        if (rings.is_empty(chunks, list)) return found;
        for (std::size_t at = rings.first(chunks, list); at != none; at = rings.after(chunks, at)) {
            const std::size_t before = rings.prev_of(chunks, at);
            REQUIRE((back == none ? rings.is_head(before) : before == back));
            REQUIRE(rings.is_before(chunks, before, at));
            REQUIRE(rings.is_behind(chunks, rings.next_of(chunks, at), at));
            back = at;
            found.push_back((at / Chunks::granule - 4096) / 8);
        }
        return found;
    }
};

using order = std::vector<std::size_t>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("free_lists: of zeros none is linked, and all are empty before and after", "", layouts) {
    TestType chunks;
    allot::detail::free_lists<TestType, lists> rings;
    CHECK_FALSE(rings.are_linked(chunks));
    for (std::size_t each = 0; each < lists; ++each) CHECK(rings.is_empty(chunks, each));
    rings.link_heads(chunks);
    CHECK(rings.are_linked(chunks));
    for (std::size_t each = 0; each < lists; ++each) {
        CHECK(rings.is_empty(chunks, each));
        CHECK(rings.is_head(rings.first(chunks, each)));
    }
}

TEMPLATE_LIST_TEST_CASE("free_lists: in front the last one in is the first one out", "", layouts) {
    listed<TestType> listed;
    CHECK(listed.push_front(1));
    for (std::size_t i = 2; i <= 4; ++i) CHECK_FALSE(listed.push_front(i));
    CHECK(listed.order() == order{4, 3, 2, 1});
    CHECK(listed.chunks.prev_free(listed.place(4)) == listed.rings.link_to_head(list));
    for (std::size_t left = 4; left-- > 0;) {
        CHECK(listed.unlink_first() == (left == 0));
        CHECK(listed.order().size() == left);
    }
    CHECK(listed.rings.is_empty(listed.chunks, list));
}

TEMPLATE_LIST_TEST_CASE("free_lists: one goes behind all others, be there any or not", "", layouts) {
    listed<TestType> listed;
    listed.push_back(1);
    CHECK(listed.order() == order{1});
    listed.push_back(2);
    listed.push_front(3);
    listed.push_back(4);
    CHECK(listed.order() == order{3, 1, 2, 4});
}

TEMPLATE_LIST_TEST_CASE("free_lists: any chunk is unlinked by its own links alone", "", layouts) {
    for (const std::size_t gone : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{4}}) {
        listed<TestType> listed;
        for (std::size_t i = 1; i <= 4; ++i) listed.push_front(i);
        CHECK_FALSE(listed.unlink(gone));
        order expected{4, 3, 2, 1};
        expected.erase(expected.end() - static_cast<std::ptrdiff_t>(gone));
        CHECK(listed.order() == expected);
    }
    listed<TestType> listed;
    listed.push_front(1);
    CHECK(listed.unlink(1));
    CHECK(listed.rings.is_empty(listed.chunks, list));
}

TEMPLATE_LIST_TEST_CASE("free_lists: lists are each for themselves", "", layouts) {
    listed<TestType> listed;
    listed.push_front(1);
    listed.rings.push_front(listed.chunks, listed.place(2), list + 1);
    CHECK(listed.order() == order{1});
    CHECK(listed.rings.first(listed.chunks, list + 1) == listed.place(2));
    CHECK(listed.rings.is_empty(listed.chunks, list - 1));
    CHECK(listed.unlink(2));
    CHECK(listed.order() == order{1});
}

TEMPLATE_LIST_TEST_CASE("free_lists: when the origin moves, chunks are found where they are and heads as before", "",
                        layouts) {
    if constexpr (TestType::is_compact) {
        listed<TestType> listed;
        for (std::size_t i = 1; i <= 3; ++i) listed.push_front(i);
        constexpr std::size_t granules = 512;
        listed.rings.shift(listed.chunks, list, granules);
        listed.chunks.set_origin(std::size_t{0} - granules * TestType::granule);
        CHECK(listed.order() == order{3, 2, 1});
        CHECK(listed.rings.is_empty(listed.chunks, list + 1));
    }
}
