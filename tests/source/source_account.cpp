#include <allot/source/source_account.hpp>

#include "support/catch.hpp"
#include "support/sparse_memory.hpp"

#include <vector>

using allot::detail::none;
using allot::detail::region_origin;

namespace {

using chunks_type = allot::detail::chunk_access<allot_test::sparse_memory<std::size_t>, 16, allot::links::word>;
using regions_type = allot::detail::region_list<chunks_type, 16, 2>;

struct default_keep : allot::default_traits {};
struct keeps_5000 : allot::default_traits {
    static constexpr std::size_t keep_free_bytes = 5000;
};

template <class Traits>
struct books {
    chunks_type chunks;
    regions_type regions;
    allot::detail::source_account<Traits, chunks_type, regions_type> account;
    std::vector<std::size_t> position;

    explicit books(std::size_t count) {
        for (std::size_t i = 1; i <= count; ++i) {
            const auto laid = regions_type::lay_out(i * 65536, 4096, region_origin::source);
            regions.insert(chunks, laid);
            position.push_back(laid.first);
        }
    }
};

}  // namespace

TEST_CASE("source_account: regions are looked at in the order in which they were listed") {
    books<default_keep> books(3);
    for (const std::size_t i : {1u, 0u, 2u}) books.account.list(books.chunks, books.position[i], 100);
    books.account.list(books.chunks, books.position[1], 150);  // again: more of it is free now
    CHECK(books.account.listed_bytes() == 350);
    CHECK(books.account.take_first(books.chunks) == books.position[1]);
    CHECK(books.account.listed_bytes() == 200);
    CHECK(books.account.take_first(books.chunks) == books.position[0]);
    CHECK(books.account.take_first(books.chunks) == books.position[2]);
    CHECK(books.account.first() == none);
    CHECK(books.account.last() == none);
    CHECK(books.account.listed_bytes() == 0);
}

TEST_CASE("source_account: one is taken off the list wherever it stands") {
    for (std::size_t gone = 0; gone < 3; ++gone) {
        books<default_keep> books(4);
        for (std::size_t i = 0; i < 3; ++i) books.account.list(books.chunks, books.position[i], 100);
        books.account.unlist(books.chunks, books.position[gone]);
        books.account.unlist(books.chunks, books.position[3]);  // was never on it
        CHECK(books.account.listed_bytes() == 200);
        books.account.list(books.chunks, books.position[3], 1);
        CHECK(books.account.last() == books.position[3]);
        for (std::size_t i = 0; i < 3; ++i) {
            if (i != gone) CHECK(books.account.take_first(books.chunks) == books.position[i]);
        }
        CHECK(books.account.take_first(books.chunks) == books.position[3]);
        CHECK(books.account.first() == none);
    }
}

TEST_CASE("source_account: nothing is kept until the source was asked again for what had gone back") {
    books<default_keep> books(1);
    auto& account = books.account;
    account.came(64 << 20);
    CHECK(account.budget() == 0);
    account.list(books.chunks, books.position[0], 1);
    CHECK(account.is_due());
    account.came(4096);
    CHECK(account.budget() == 0);
    account.went(4096);
    CHECK_FALSE(account.keeps_some());
    account.came(4096);
    CHECK(account.keeps_some());
    CHECK(account.budget() == account.given_bytes() / 8);
    CHECK_FALSE(account.is_due());
    account.went(60 << 20);
    CHECK(account.budget() == 1 << 20);
    account.came(40 << 20);  // too much of what went came again at once to be kept
    CHECK(account.budget() == account.given_bytes() / 8);
    account.went(20 << 20);
    account.came(20 << 20);
    CHECK(account.budget() == 20 << 20);
    for (int i = 0; i < 25; ++i) account.went(1 << 20);  // in pieces, as the ends of a region go
    account.came(24 << 20);
    CHECK(account.budget() == 24 << 20);
}

TEST_CASE("source_account: a heap that goes down and up again keeps that much, and 32 MiB at most") {
    books<default_keep> books(1);
    auto& account = books.account;
    account.came(256 << 20);
    const auto breathe = [&](std::size_t bytes) {
        constexpr std::size_t high = std::size_t{40} << 20;
        for (const std::size_t left : {high, high - bytes, high}) account.note_back(1000, left);
    };
    breathe(4 << 20);
    CHECK(account.budget() == 0);  // less than an eighth of what callers own
    breathe(6 << 20);
    CHECK(account.budget() == 6 << 20);
    CHECK_FALSE(account.keeps_some());
    CHECK(account.kept_of_given() == 32 << 20);
    breathe(20 << 20);
    CHECK(account.budget() == 8 << 20);
}

TEST_CASE("source_account: a budget that the traits name is that") {
    books<keeps_5000> books(2);
    auto& account = books.account;
    account.came(64 << 20);
    CHECK(account.budget() == 5000);
    for (const std::size_t left : {std::size_t{8} << 20, std::size_t{0}, std::size_t{8} << 20})
        account.note_back(1, left);
    CHECK(account.budget() == 5000);
    CHECK(account.breath_bytes() == 0);
    account.list(books.chunks, books.position[0], 4096);
    CHECK_FALSE(account.is_due());
    account.list(books.chunks, books.position[1], 4096);
    CHECK(account.is_due());
    CHECK(account.excess_with(0) == 2 * 4096 - 5000);
}

TEST_CASE("source_account: the end of a region in use is listed with what goes beyond what stays anyhow") {
    books<default_keep> books(1);
    auto& account = books.account;
    account.came(64 << 20);
    CHECK(account.bytes_to_list({1, 5 << 20, false}) == 0);
    CHECK(account.bytes_to_list({1, 10 << 20, false}) == 2 << 20);
    CHECK(account.bytes_to_list({1, 5 << 20, true}) == 5 << 20);
    account.went(4096);
    account.came(4096);
    CHECK(account.bytes_to_list({1, 5 << 20, false}) == 5 << 20);
}
