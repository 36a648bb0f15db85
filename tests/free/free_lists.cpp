#include <allot/free/free_lists.hpp>

#include "support/catch.hpp"
#include "support/sparse_memory.hpp"

#include <allot/memory/direct.hpp>

#include <cstdint>
#include <set>
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
            const auto& heads = rings.heads();
            const std::size_t before = heads.member_at(chunks, chunks.prev_free(at));
            REQUIRE(before == (back == none ? heads.at(list) : back));
            REQUIRE(heads.next(chunks, before) == chunks.link_to(at));
            REQUIRE(heads.prev(chunks, heads.member_at(chunks, chunks.next_free(at))) == chunks.link_to(at));
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
        CHECK(rings.first(chunks, each) == rings.heads().at(each));
    }
}

TEMPLATE_LIST_TEST_CASE("free_lists: in front the last one in is the first one out", "", layouts) {
    listed<TestType> listed;
    CHECK(listed.push_front(1));
    for (std::size_t i = 2; i <= 4; ++i) CHECK_FALSE(listed.push_front(i));
    CHECK(listed.order() == order{4, 3, 2, 1});
    CHECK(listed.chunks.prev_free(listed.place(4)) == listed.rings.heads().link_to(list));
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

// --- the heads ---

namespace {

template <class Memory, allot::links Links>
using chunks_in = chunk_access<Memory, 16, Links>;

constexpr std::size_t head_count = 40;

using head_layouts = std::tuple<chunks_in<allot::direct_memory, allot::links::word>,
                                chunks_in<allot::direct_memory, allot::links::compact>,
                                chunks_in<sparse_memory<std::size_t>, allot::links::word>,
                                chunks_in<sparse_memory<std::uint32_t>, allot::links::compact>>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("list_heads: each has a link and a member of its own, which no chunk has", "", head_layouts) {
    const TestType chunks;
    const allot::detail::list_heads<TestType, head_count> heads;
    std::set<std::size_t> members;
    for (std::size_t head = 0; head < head_count; ++head) {
        const std::size_t member = heads.member_at(chunks, heads.link_to(head));
        CHECK(heads.has(member));
        CHECK(members.insert(member).second);
        CHECK(heads.link_to(head) != TestType::no_link);
        CHECK_FALSE(heads.has(member + 1));
    }
    CHECK_FALSE(heads.has(heads.member_at(chunks, heads.link_to(head_count - 1)) + 2 * TestType::word_bytes));
    for (std::size_t place = 0x100000; place < 0x101000; place += 16) CHECK_FALSE(heads.has(place - sizeof(place)));
    CHECK_FALSE(heads.has(0));
}

TEMPLATE_LIST_TEST_CASE("list_heads: begin as zeros, and keep both links of each", "", head_layouts) {
    using link = typename TestType::link;
    TestType chunks;
    allot::detail::list_heads<TestType, head_count> heads;
    const auto member = [&](std::size_t head) { return heads.member_at(chunks, heads.link_to(head)); };
    for (std::size_t head = 0; head < head_count; ++head) {
        CHECK(heads.next(chunks, member(head)) == TestType::no_link);
        CHECK(heads.prev(chunks, member(head)) == TestType::no_link);
        heads.set_next(chunks, member(head), static_cast<link>(3000 + head));
        heads.set_prev(chunks, member(head), static_cast<link>(4000 + head));
    }
    for (std::size_t head = 0; head < head_count; ++head) {
        CHECK(heads.next(chunks, member(head)) == 3000 + head);
        CHECK(heads.prev(chunks, member(head)) == 4000 + head);
    }
}
