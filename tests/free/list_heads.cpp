#include <allot/free/list_heads.hpp>

#include "support/catch.hpp"
#include "support/sparse_memory.hpp"

#include <allot/memory/direct.hpp>

#include <cstdint>
#include <set>
#include <tuple>

using allot::links;
using allot::detail::chunk_access;
using allot_test::sparse_memory;

namespace {

template <class Memory, links Links>
using chunks = chunk_access<Memory, 16, Links>;

constexpr std::size_t count = 40;

using layouts =
    std::tuple<chunks<allot::direct_memory, links::word>, chunks<allot::direct_memory, links::compact>,
               chunks<sparse_memory<std::size_t>, links::word>, chunks<sparse_memory<std::uint32_t>, links::compact>>;

}  // namespace

TEMPLATE_LIST_TEST_CASE("list_heads: each has a link and a member of its own, which no chunk has", "", layouts) {
    const TestType chunks;
    const allot::detail::list_heads<TestType, count> heads;
    std::set<std::size_t> members;
    for (std::size_t head = 0; head < count; ++head) {
        const std::size_t member = heads.member_at(chunks, heads.link_to(head));
        CHECK(heads.has(member));
        CHECK(members.insert(member).second);
        CHECK(heads.link_to(head) != TestType::no_link);
        CHECK_FALSE(heads.has(member + 1));
    }
    CHECK_FALSE(heads.has(heads.member_at(chunks, heads.link_to(count - 1)) + 2 * TestType::word_bytes));
    for (std::size_t place = 0x100000; place < 0x101000; place += 16) CHECK_FALSE(heads.has(place - sizeof(place)));
    CHECK_FALSE(heads.has(0));
}

TEMPLATE_LIST_TEST_CASE("list_heads: begin as zeros, and keep both links of each", "", layouts) {
    using link = typename TestType::link;
    TestType chunks;
    allot::detail::list_heads<TestType, count> heads;
    const auto member = [&](std::size_t head) { return heads.member_at(chunks, heads.link_to(head)); };
    for (std::size_t head = 0; head < count; ++head) {
        CHECK(heads.next(chunks, member(head)) == TestType::no_link);
        CHECK(heads.prev(chunks, member(head)) == TestType::no_link);
        heads.set_next(chunks, member(head), static_cast<link>(3000 + head));
        heads.set_prev(chunks, member(head), static_cast<link>(4000 + head));
    }
    for (std::size_t head = 0; head < count; ++head) {
        CHECK(heads.next(chunks, member(head)) == 3000 + head);
        CHECK(heads.prev(chunks, member(head)) == 4000 + head);
    }
}
