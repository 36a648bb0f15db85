#include <allot/policy/fork_list.hpp>

#include "support/catch.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

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

TEST_CASE("fork_list: the first caller registers the handlers, and what it allocates for that does not wait for it") {
    allot::detail::fork_list list;
    int registered = 0;
    const auto count = [&] { ++registered; };
    bool is_inside_told = true;
    REQUIRE(list.has_handlers([&] {
        count();
        is_inside_told = list.has_handlers(count);
    }));
    CHECK_FALSE(is_inside_told);
    CHECK(list.has_handlers(count));
    CHECK(registered == 1);
}

TEST_CASE("fork_list: handlers that are registered twice do what they do once") {
    char name = 'A';
    allot::detail::fork_member member;
    member.enter(&name, actions);
    const pid_t child = fork();  // what is registered stays so in this process
    if (child == 0) {
        alarm(20);
        allot_at_fork(allot::detail::fork_list::prepare, allot::detail::fork_list::continue_parent,
                      allot::detail::fork_list::start_child);
        history.clear();
        const bool is_anew = status_of_child() == 7;
        _exit(is_anew && history == "Au" ? 7 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("fork_list: who comes while the handlers are registered waits until they are") {
    allot::detail::fork_list list;
    std::atomic<bool> is_told{false};
    std::atomic<int> registered{0};
    bool was_told_early = true;
    std::thread other;
    REQUIRE(list.has_handlers([&] {
        ++registered;
        other = std::thread([&] { is_told = list.has_handlers([&] { ++registered; }); });
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        was_told_early = is_told;
    }));
    other.join();
    CHECK_FALSE(was_told_early);
    CHECK(is_told);
    CHECK(registered == 1);
}

TEST_CASE("fork_list: a child that was forked while the handlers were registered registers them anew") {
    allot::detail::fork_list list;
    int status = -1;
    REQUIRE(list.has_handlers([&] {
        std::thread([&] {
            const pid_t child = fork();
            if (child == 0) {
                alarm(20);
                int registered = 0;
                const bool is_told = list.has_handlers([&] { ++registered; });
                _exit(is_told && registered == 1 && list.has_handlers([&] { ++registered; }) ? 7 + registered - 1 : 1);
            }
            waitpid(child, &status, 0);
        }).join();
    }));
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 7);
}
