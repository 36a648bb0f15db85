#include "cores/turns.hpp"

namespace bench {
namespace {

constexpr std::size_t stack_bytes = std::size_t{64} * 1024;
constexpr std::uint32_t longest_turn = 63;

/// Makes a context that begins with `first`.
void prepare(ucontext_t& made, std::span<std::byte> stack, void (*first)()) {
    ::getcontext(&made);
    made.uc_stack.ss_sp = stack.data();
    made.uc_stack.ss_size = stack.size();
    made.uc_link = nullptr;
    ::makecontext(&made, first, 0);
}

core_turns* in_turns = nullptr;  // a new context is told nothing else
std::size_t running = 0;

}  // namespace

std::size_t running_core() { return running; }

core_turns::core_turns(std::size_t cores, std::uint64_t seed) : contexts_(cores), has_ended_(cores), dice_{seed} {
    for (std::size_t core = 0; core < cores; ++core) {
        stacks_.push_back(std::make_unique<region>(stack_bytes, residence::untouched));
    }
}

void core_turns::run(const std::function<void(std::size_t)>& life) {
    life_ = &life;
    in_turns = this;
    for (std::size_t core = 0; core < cores(); ++core) {
        prepare(contexts_[core], stacks_[core]->bytes(), &core_turns::live);
        has_ended_[core] = false;
    }
    begin_turn_of(0);
    ::swapcontext(&outside_, &contexts_[0]);
    running = 0;
}

/// What a new context begins with: the life of the core whose turn it is.
void core_turns::live() {
    core_turns& turns = *in_turns;
    (*turns.life_)(running);
    turns.has_ended_[running] = true;
    turns.pass();
}

void core_turns::begin_turn_of(std::size_t core) {
    running = core;
    left_in_turn_ = dice_.between(1, longest_turn);
}

void core_turns::pass() {
    const std::size_t from = running;
    std::size_t next = from;
    do next = (next + 1) % cores();
    while (has_ended_[next] && next != from);
    if (has_ended_[next]) ::setcontext(&outside_);
    begin_turn_of(next);
    if (next != from) ::swapcontext(&contexts_[from], &contexts_[next]);
}

bool core_turns::is_on_own_stack(std::uintptr_t address) const {
    const auto base = reinterpret_cast<std::uintptr_t>(stacks_[running]->bytes().data());
    return address - base < stack_bytes;
}

}  // namespace bench
