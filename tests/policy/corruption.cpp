#include <allot/policy/corruption.hpp>

#include "support/catch.hpp"

#include <set>
#include <string>

using allot::corruption_kind;

TEST_CASE("hooks: every kind of corruption has a sentence of its own") {
    std::set<std::string> sentences;
    for (unsigned kind = 0; kind <= static_cast<unsigned>(corruption_kind::reentered); ++kind) {
        sentences.insert(allot::describe(static_cast<corruption_kind>(kind)));
    }
    CHECK(sentences.size() == 10);
    CHECK(sentences.count("") == 0);
    CHECK(sentences.count(allot::describe(static_cast<corruption_kind>(200))) == 0);
}

TEST_CASE("hooks: the sentence of what callers do names the verb") {
    for (const corruption_kind kind : {corruption_kind::double_free, corruption_kind::foreign_pointer, corruption_kind::misaligned_pointer,
                                       corruption_kind::size_mismatch}) {
        CHECK(std::string(allot::describe(kind)).rfind("deallocate: ", 0) == 0);
    }
}
