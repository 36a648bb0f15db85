#include <allot/policy/fork_list.hpp>

#include "support/catch.hpp"

#include <optional>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace {

std::string history;

constexpr allot::detail::fork_member::actions actions{
    [](void* heap) { history += *static_cast<char*>(heap); },
    [](void*) { history += 'u'; },
    [](void*) { history += 'n'; },
};

/// What happens in the child of a fork, as its exit status.
int status_of_child() {
    const pid_t child = fork();
    if (child == 0) _exit(history.back() == 'n' ? 7 : 1);
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

}  // namespace

TEST_CASE(
    "fork_list: members are locked before a fork, unlocked in the parent, started anew in the child; until they "
    "leave") {
    char name = 'A';
    std::optional<allot::detail::fork_member> member(std::in_place);
    member->enter(&name, actions);
    member->enter(&name, actions);  // it is in already
    history.clear();
    CHECK(status_of_child() == 7);
    CHECK(history == "Au");
    member.reset();
    history = "n";
    CHECK(status_of_child() == 7);
    CHECK(history == "n");
}
