// allot_trace: makes traces of the recorder's logs and says what is in a trace.
//
//     allot_trace pack git.123.log git.trace.zst
//     allot_trace info git.trace.zst
#include "traces/pack.hpp"
#include "traces/stream_of.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace bench {
namespace {

void print(const trace& recorded) {
    const replay played = replay_of(recorded);
    std::cout << recorded.program << ": " << recorded.events.size() << " calls, " << recorded.payloads << " payloads, "
              << recorded.threads << " thread" << (recorded.threads == 1 ? "" : "s") << ", at most "
              << played.peak_live_bytes << " bytes in " << played.operations.slots << " payloads live\n";
}

void pack(const std::string& log, const std::string& file) {
    const packed made = pack_log(log);
    write_trace(made.recorded, file);
    print(made.recorded);
    if (made.strangers != 0) std::cout << "  left out: " << made.strangers << " payloads of before the recording\n";
    if (made.too_large != 0) std::cout << "  left out: " << made.too_large << " calls of 4 GiB and more\n";
}

int main_of(int count, char** arguments) {
    std::string from;
    std::string to;
    CLI::App app{"Makes traces of the recorder's logs and says what is in a trace."};
    app.require_subcommand(1);
    auto* const packing = app.add_subcommand("pack", "make a trace of a log");
    packing->add_option("log", from)->required();
    packing->add_option("trace", to, "FILE.trace or FILE.trace.zst")->required();
    auto* const telling = app.add_subcommand("info", "say what is in a trace");
    telling->add_option("trace", from)->required();
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& wrong) {
        if (wrong.get_exit_code() == 0) return app.exit(wrong);
        throw std::runtime_error{wrong.what()};
    }
    if (packing->parsed()) pack(from, to);
    if (telling->parsed()) print(read_trace(from));
    return 0;
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
    try {
        return bench::main_of(count, arguments);
    } catch (const std::exception& wrong) {
        std::cerr << "allot_trace: " << wrong.what() << '\n';
        return 2;
    }
}
