#include <allot/policy/corruption.hpp>

#include "support/catch.hpp"
#include "support/child.hpp"

#include <allot/traits.hpp>

#include <csignal>
#include <set>
#include <string>

using allot::corruption_kind;
using allot::heap_verb;

namespace {

/// A hook that leaves a child process by what was kept for a debugger when it was called.
struct keeping_traits {
    static void on_corruption(const allot::corruption_report& report) noexcept {
        const auto& kept = allot::detail::last_corruption;
        const bool is_kept = kept.kind == report.kind && kept.where == report.where && kept.verb == report.verb;
        allot_test::leave_child(is_kept ? 7 : 8);
    }
};

struct returning_traits {
    static void on_corruption(const allot::corruption_report&) noexcept {}
};

constexpr allot::corruption_report given{corruption_kind::broken_link, "a payload", heap_verb::coalesce};

}  // namespace

TEST_CASE("corruption: every kind has a sentence of its own") {
    std::set<std::string> sentences;
    for (unsigned kind = 0; kind <= static_cast<unsigned>(corruption_kind::reentered); ++kind) {
        sentences.insert(allot::describe(static_cast<corruption_kind>(kind)));
    }
    CHECK(sentences.size() == 10);
    CHECK(sentences.count("") == 0);
    CHECK(sentences.count(allot::describe(static_cast<corruption_kind>(200))) == 0);
}

TEST_CASE("corruption: every verb has a name of its own") {
    std::set<std::string> names;
    for (unsigned verb = 0; verb <= static_cast<unsigned>(heap_verb::coalesce); ++verb)
        names.insert(name_of(static_cast<heap_verb>(verb)));
    CHECK(names.size() == 10);
    CHECK(name_of(heap_verb::none) == std::string("heap"));
    CHECK(name_of(static_cast<heap_verb>(200)) == std::string("heap"));
}

TEST_CASE("corruption: a sentence names the verb that found it, whole, for every verb and kind") {
    using allot::corruption_report;
    CHECK(describe(corruption_report{corruption_kind::double_free, nullptr, heap_verb::deallocate}).c_str() ==
          std::string("deallocate: pointer was already freed or never allocated"));
    for (unsigned kind = 0; kind <= static_cast<unsigned>(corruption_kind::reentered); ++kind) {
        for (unsigned verb = 0; verb <= static_cast<unsigned>(heap_verb::coalesce); ++verb) {
            const corruption_report report{static_cast<corruption_kind>(kind), nullptr, static_cast<heap_verb>(verb)};
            CHECK(describe(report).c_str() == std::string(name_of(report.verb)) + ": " + allot::describe(report.kind));
        }
    }
}

TEST_CASE("corruption: a report without a verb is one that names none") {
    constexpr allot::corruption_report report{corruption_kind::double_free, nullptr};
    STATIC_REQUIRE(report.verb == heap_verb::none);
}

TEST_CASE("corruption: after the trap of the default hook the report is still there") {
    const auto end = allot_test::end_of([] {
        const auto look = [](int) {
            const auto& kept = allot::detail::last_corruption;
            const bool is_kept = kept.kind == given.kind && kept.where == given.where && kept.verb == given.verb;
            allot_test::leave_child(is_kept ? 7 : 8);
        };
        for (const int trapped : {SIGILL, SIGTRAP, SIGABRT}) std::signal(trapped, look);
        allot::detail::report_to_hook<allot::default_traits>(given);
    });
    CHECK(end == "exit 7");
}

TEST_CASE("corruption: what the hook is told is kept before it is called, and a hook that returns ends in a trap") {
    CHECK(allot::detail::last_corruption.where == nullptr);
    CHECK(allot::detail::last_corruption.verb == heap_verb::none);
    CHECK(allot_test::end_of([] { allot::detail::report_to_hook<keeping_traits>(given); }) == "exit 7");
    CHECK(allot_test::end_of([] { allot::detail::report_to_hook<returning_traits>(given); }).substr(0, 6) == "signal");
}
