// Where lines go: to stderr as it was when the program began, or to the end of a file.
//
// Programs close stderr before they end, to see whether all was written (coreutils do), and some close every descriptor that
// they did not open. So a copy is kept, high up where nobody expects a certain number, and before it is used it is compared with
// what it was.
#pragma once

#include <cstddef>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace allot_malloc {

/// One write, so that what parallel processes write does not mix.
inline bool write_to(int descriptor, const char* text, std::size_t bytes) noexcept {
    return write(descriptor, text, bytes) == static_cast<ssize_t>(bytes);
}

inline bool append_to(const char* file, const char* text, std::size_t bytes) noexcept {
    const int descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) return false;
    const bool is_written = write_to(descriptor, text, bytes);
    close(descriptor);
    return is_written;
}

class first_stderr {
public:
    /// Keeps a copy. The programs that this one starts do not get it.
    void keep() noexcept {
        copy_ = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, least_copy);
        if (copy_ >= 0 && fstat(copy_, &found_) != 0) copy_ = -1;
    }

    void write(const char* text, std::size_t bytes) const noexcept {
        write_to(is_still_there() ? copy_ : STDERR_FILENO, text, bytes);
    }

private:
    static constexpr int least_copy = 200;

    bool is_still_there() const noexcept {
        struct stat now {};
        return copy_ >= 0 && fstat(copy_, &now) == 0 && now.st_dev == found_.st_dev && now.st_ino == found_.st_ino;
    }

    int copy_ = -1;
    struct stat found_ {};
};

}  // namespace allot_malloc
