// What a hosted program says when its heap is corrupted, as README shows it: the planted addresses stand in the text.
#include <allot/adapters/explain_and_abort.hpp>

#include "support/catch.hpp"
#include "support/contended.hpp"
#include "support/explained.hpp"
#include "support/said_by.hpp"

#include <allot/locked_heap.hpp>
#include <allot/policy/spin_lock.hpp>

#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

using namespace allot_test;

namespace {

struct plain_traits : allot::default_traits {
    static void on_corruption(const allot::corruption_report& report) noexcept;
};
allot::basic_heap<plain_traits> plain;
void plain_traits::on_corruption(const allot::corruption_report& report) noexcept {
    allot::explain_and_abort(plain, report);
}

struct shared_traits : allot::default_traits {
    static void on_corruption(const allot::corruption_report& report) noexcept;
};
allot::locked_heap<allot::basic_heap<shared_traits>> shared;
void shared_traits::on_corruption(const allot::corruption_report& report) noexcept {
    allot::explain_and_abort(shared, report);
}

struct laned_traits : allot::default_traits {
    static void on_corruption(const allot::corruption_report& report) noexcept;
};
contended<laned_traits> in_lanes;
void laned_traits::on_corruption(const allot::corruption_report& report) noexcept {
    allot::explain_and_abort(in_lanes, report);
}

/// Three payloads of 40, 100 and 100 bytes, one beside the other, in a heap with 64 KiB.
struct payloads {
    std::byte* text;
    std::byte* name;
    std::byte* next;
};

template <class Heap>
payloads lay_out(Heap& heap) {
    alignas(4096) static std::byte memory[65536];
    if (heap.add_region(memory, sizeof memory) != allot::region_status::ok) std::abort();
    const auto take = [&](std::size_t bytes) { return static_cast<std::byte*>(heap.allocate(bytes)); };
    const payloads laid{take(40), take(100), take(100)};
    std::memcpy(laid.name, "Ada Lovelace", sizeof "Ada Lovelace");
    return laid;
}

const std::string aborted = "signal " + std::to_string(SIGABRT);

/// What `deallocate` does to `name` after something was done wrong with it; `name` lies at the same address in parent and child.
template <class Heap, class Work>
last_words after(Heap& heap, const payloads& laid, Work&& do_wrong) {
    return said_by([&] {
        do_wrong();
        heap.deallocate(laid.name);
    });
}

/// A header that a run of `A` went over.
std::string overwritten_header() {
    std::string text = "0x";
    for (std::size_t i = 0; i < sizeof(std::size_t); ++i) text += "41";
    return text;
}

template <class Heap>
void check_four_cases(Heap& heap) {
    const payloads laid = lay_out(heap);
    const last_words twice = after(heap, laid, [&] { heap.deallocate(laid.name); });
    CHECK(twice.end == aborted);
    CHECK(has(twice.text, "allot: "));
    CHECK(has(twice.text, ": pointer was already freed or never allocated\n  " + as_written(laid.name) +
                              " is the payload of a chunk of 112 bytes"));

    const last_words overflown = after(heap, laid, [&] { std::memset(laid.text, 'A', 48); });
    CHECK(overflown.end == aborted);
    CHECK(has(overflown.text, ": the header of a chunk was overwritten\n  " + as_written(laid.name)));
    CHECK(has(overflown.text, " stands " + overwritten_header() + ", which no header can be\n"));
    const std::string room = std::to_string(plain.usable_size(laid.text));
    CHECK(has(overflown.text,
              "past the end of the payload at " + as_written(laid.text) + ", which has " + room + " bytes\n"));

    std::byte local{};
    const last_words foreign =
        said_by([&] { heap.deallocate(laid.name - (reinterpret_cast<std::uintptr_t>(laid.name) & 4095) + 3 * 65536); });
    CHECK(foreign.end == aborted);
    CHECK(has(foreign.text, ": pointer is in no region of this heap\n  "));
    CHECK(has(foreign.text, " does not lie in the 1 region of the heap\n"));
    CHECK(has(said_by([&] { heap.deallocate(&local + 1); }).text, as_written(&local + 1)));
}

}  // namespace

TEST_CASE("explain_and_abort: a double free, an overflow and a foreign pointer, in a plain heap") {
    check_four_cases(plain);
}

TEST_CASE("explain_and_abort: the same in a locked heap, whose lock the hook finds held") { check_four_cases(shared); }

TEST_CASE("explain_and_abort: the same in a locked heap whose lanes are in use") {
    const payloads laid = lay_out(in_lanes);
    const last_words twice = after(in_lanes, laid, [&] { in_lanes.deallocate(laid.name); });
    CHECK(twice.end == aborted);
    CHECK(has(twice.text, as_written(laid.name) + " is the payload of "));
    CHECK(has(twice.text, "freed: it bears the mark of what waits in a lane\n"));
    const last_words overflown = said_by([&] {
        std::memset(laid.text, 'A', 48);
        in_lanes.deallocate(laid.text);
    });
    CHECK(overflown.end == aborted);
    const std::string room = std::to_string(plain.usable_size(laid.text));
    CHECK(has(overflown.text,
              "past the end of the payload at " + as_written(laid.text) + ", which has " + room + " bytes\n"));
}

// --- what README shows ---------------------------------------------------------------------------------------------------

namespace {

struct shown_traits : allot::default_traits {
    static void on_corruption(const allot::corruption_report& report) noexcept;
};
allot::basic_heap<shown_traits> heap;
void shown_traits::on_corruption(const allot::corruption_report& report) noexcept {
    allot::explain_and_abort(heap, report);
}

/// A text in which every address is the same.
std::string masked(const std::string& text) { return std::regex_replace(text, std::regex("0x[0-9a-f]+"), "0x"); }

/// The fenced texts of README's section.
std::vector<std::string> shown_in_readme() {
    std::string path = __FILE__;
    path.resize(path.rfind("tests/adapters/"));
    std::ifstream file(path + "README.md");
    std::vector<std::string> shown;
    bool is_section = false;
    bool is_shown = false;
    for (std::string line; std::getline(file, line);) {
        if (line.substr(0, 3) == "## ") is_section = line == "## When something is wrong";
        if (line.substr(0, 3) == "```") {
            is_shown = is_section && line == "```text";
            if (is_shown) shown.emplace_back();
        } else if (is_shown) {
            shown.back() += line + "\n";
        }
    }
    return shown;
}

}  // namespace

TEST_CASE("explain_and_abort: README shows what is really said") {
    if (sizeof(std::size_t) != 8) {
        WARN("not compared: the numbers of README are those of a 64-bit heap");
        return;
    }
    const payloads laid = lay_out(heap);
    const std::byte* const end = laid.text + 65536 - reinterpret_cast<std::uintptr_t>(laid.text) % 4096;
    const std::vector<std::string> shown = shown_in_readme();
    REQUIRE(shown.size() == 4);
    CHECK(masked(after(heap, laid, [&] { heap.deallocate(laid.name); }).text) == masked(shown[0]));
    CHECK(masked(after(heap, laid, [&] { std::memset(laid.text, 'A', 48); }).text) == masked(shown[1]));
    CHECK(masked(said_by([&] { heap.deallocate(const_cast<std::byte*>(end) + 16384); }).text) == masked(shown[2]));
    CHECK(explained_failure(heap, 100000) == shown[3]);
}

TEST_CASE("explain_and_abort: a closed stderr does not keep a program from ending") {
    const last_words silent = said_by([] {
        close(STDERR_FILENO);
        allot::explain_and_abort(plain, {allot::corruption_kind::double_free, &plain});
    });
    CHECK(silent.end == aborted);
    CHECK(silent.text.empty());
}
