#include "peers/peers.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <dlfcn.h>
#include <unistd.h>

namespace bench {
namespace {

bool is_loaded(const peer& hosted) { return ::dlsym(RTLD_DEFAULT, std::string{hosted.witness}.c_str()) != nullptr; }

/// A library of another peer would stand in for glibc everywhere, the harness included.
void refuse_strangers(const peer& chosen) {
    for (const peer& other : all_peers()) {
        if (other.preload.empty() || other.name == chosen.name || !is_loaded(other)) continue;
        throw std::runtime_error{std::string{other.name} + " is loaded in the process of " + std::string{chosen.name}};
    }
}

[[noreturn]] void restart_with(const std::string& library, char** arguments) {
    ::setenv("LD_PRELOAD", library.c_str(), 1);
    ::execv("/proc/self/exe", arguments);
    throw std::runtime_error{"cannot restart with " + library + " preloaded"};
}

}  // namespace

void enter_process_of(const peer& chosen, char** arguments) {
    refuse_strangers(chosen);
    if (chosen.preload.empty() || is_loaded(chosen)) return;
    if (std::getenv("LD_PRELOAD") != nullptr) {
        throw std::runtime_error{std::string{chosen.preload} + " was preloaded but did not come"};
    }
    restart_with(std::string{chosen.preload}, arguments);
}

}  // namespace bench
