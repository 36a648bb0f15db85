#include <allot/free/free_list.hpp>

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

constexpr std::size_t bin = 7;

template <class Chunks>
struct listed {
    Chunks chunks;
    allot::detail::free_list<Chunks> list;

    listed() {
        if constexpr (Chunks::is_compact) chunks.set_origin(0);
    }
    static std::size_t place(std::size_t i) { return (4096 + 8 * i) * Chunks::granule; }

    void push(std::size_t i) { list.push(chunks, place(i), Chunks::tag_of(bin)); }
    void drop_first() {
        const std::size_t first = chunks.chunk_at(list.first());
        list.drop_first(chunks, chunks.next_free(first), chunks.prev_free(first));
    }
    void unlink(std::size_t i) { list.unlink(chunks, chunks.next_free(place(i)), chunks.prev_free(place(i))); }

    // The numbers of the chunks in order; fails if a back link does not lead back.
    std::vector<std::size_t> order() const {
        std::vector<std::size_t> found;
        auto back = Chunks::tag_of(bin);
        for (auto at = list.first(); at != Chunks::no_link; at = chunks.next_free(chunks.chunk_at(at))) {
            REQUIRE(chunks.prev_free(chunks.chunk_at(at)) == back);
            back = at;
            found.push_back((chunks.chunk_at(at) / Chunks::granule - 4096) / 8);
        }
        return found;
    }
};

using order = std::vector<std::size_t>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("free_list: last in, first out, and the first one names its bin", "", layouts) {
    listed<TestType> listed;
    CHECK(listed.list.is_empty());
    for (std::size_t i = 1; i <= 4; ++i) listed.push(i);
    CHECK(listed.order() == order{4, 3, 2, 1});
    for (std::size_t left = 4; left-- > 0;) {
        listed.drop_first();
        CHECK(listed.order().size() == left);
    }
    CHECK(listed.list.is_empty());
}

TEMPLATE_LIST_TEST_CASE("free_list: one goes behind the first, be it alone or not", "", layouts) {
    listed<TestType> listed;
    listed.push(1);
    listed.list.push_second(listed.chunks, listed.place(2));
    CHECK(listed.order() == order{1, 2});
    listed.list.push_second(listed.chunks, listed.place(3));
    CHECK(listed.order() == order{1, 3, 2});
    listed.drop_first();
    CHECK(listed.order() == order{3, 2});
}

TEMPLATE_LIST_TEST_CASE("free_list: any chunk but the first is unlinked by its own links alone", "", layouts) {
    for (const std::size_t gone : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
        listed<TestType> listed;
        for (std::size_t i = 1; i <= 4; ++i) listed.push(i);
        listed.unlink(gone);
        order expected{4, 3, 2, 1};
        expected.erase(expected.end() - static_cast<std::ptrdiff_t>(gone));
        CHECK(listed.order() == expected);
    }
}
