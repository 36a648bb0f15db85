// What a piece of work says on stderr before it ends, and how it ends: it runs in a child process.
#pragma once

#include "support/child.hpp"

#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace allot_test {

struct last_words {
    std::string text;
    std::string end;  ///< as that of `end_of`
};

template <class Work>
last_words said_by(Work&& work, unsigned seconds = 60) {
    report_of_child() = {};
    std::fflush(nullptr);
    int ends[2];
    if (pipe(ends) != 0) return {"", "no pipe"};
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        be_child(work, seconds);
    }
    close(ends[1]);
    last_words words;
    char part[256];
    for (ssize_t bytes = 0; (bytes = read(ends[0], part, sizeof part)) > 0;)
        words.text.append(part, static_cast<std::size_t>(bytes));
    close(ends[0]);
    int status = 0;
    words.end = child > 0 && waitpid(child, &status, 0) == child ? words_for(status) : "no child";
    return words;
}

}  // namespace allot_test
