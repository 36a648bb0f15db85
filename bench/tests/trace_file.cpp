#include "sample_traces.hpp"
#include "scratch.hpp"
#include "traces/trace.hpp"

#include <catch2/catch.hpp>

#include <string>

using bench::long_trace;
using bench::read_trace;
using bench::scratch;
using bench::short_trace;
using bench::trace;
using bench::write_trace;

namespace {

std::string refusal_of(const std::filesystem::path& file) {
    try {
        read_trace(file);
    } catch (const std::runtime_error& wrong) {
        return wrong.what();
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a trace file is read as it was written, plain or compressed", "[trace]") {
    const scratch directory;
    for (const char* const name : {"a.trace", "a.trace.zst"}) {
        write_trace(long_trace(5000), directory / name);
        REQUIRE(read_trace(directory / name) == long_trace(5000));
    }
    REQUIRE(file_size(directory / "a.trace.zst") < file_size(directory / "a.trace"));
}

TEST_CASE("a refusal names the file, the offset and the reason", "[trace]") {
    const scratch directory;
    write_trace(short_trace(), directory / "a.trace");
    directory.truncate("a.trace", 20);
    REQUIRE(refusal_of(directory / "a.trace") == (directory / "a.trace").string() + ": offset 20: truncated");
    REQUIRE(refusal_of(directory / "none.trace") == (directory / "none.trace").string() + ": cannot be read");
    REQUIRE(refusal_of(directory / ".") == (directory / ".").string() + ": cannot be read");
}

TEST_CASE("a compressed trace cut short anywhere is refused", "[trace]") {
    const scratch directory;
    write_trace(short_trace(), directory / "whole.trace.zst");
    const auto whole = directory.content("whole.trace.zst");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        directory.write("cut.trace.zst", whole.substr(0, size));
        const std::string expected =
            (directory / "cut.trace.zst").string() + ": offset " + std::to_string(size) + ": truncated";
        REQUIRE(refusal_of(directory / "cut.trace.zst") == expected);
    }
}

TEST_CASE("a flipped bit of a compressed trace is refused, or changes nothing", "[trace]") {
    const scratch directory;
    write_trace(short_trace(), directory / "whole.trace.zst");
    const auto whole = directory.content("whole.trace.zst");
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        auto damaged = whole;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        directory.write("damaged.trace.zst", damaged);
        const std::string verdict = refusal_of(directory / "damaged.trace.zst");
        if (verdict == "accepted") {
            REQUIRE(read_trace(directory / "damaged.trace.zst") == short_trace());
        } else {
            REQUIRE(verdict.find("offset ") != std::string::npos);
            ++refused;
        }
    }
    REQUIRE(refused > whole.size() * 7);
}

TEST_CASE("something behind a compressed trace is refused", "[trace]") {
    const scratch directory;
    write_trace(short_trace(), directory / "a.trace.zst");
    const auto whole = directory.content("a.trace.zst");
    directory.write("a.trace.zst", whole + "more");
    const std::string expected = ": offset " + std::to_string(whole.size()) + ": something follows the trace";
    REQUIRE(refusal_of(directory / "a.trace.zst") == (directory / "a.trace.zst").string() + expected);
}

TEST_CASE("a trace that cannot be written leaves nothing behind", "[trace]") {
    const scratch directory;
    REQUIRE_THROWS_AS(write_trace(short_trace(), directory / "missing" / "a.trace"), std::runtime_error);
    create_directory(directory / "taken.trace");
    REQUIRE_THROWS_AS(write_trace(short_trace(), directory / "taken.trace"), std::runtime_error);
    REQUIRE(directory.names() == std::vector<std::string>{"taken.trace"});
}
