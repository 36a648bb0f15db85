#include "support/residence.hpp"

#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace bench {

std::size_t resident_bytes() {
    char text[4096];
    const int file = ::open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
    const ssize_t length = file < 0 ? -1 : ::read(file, text, sizeof text - 1);
    ::close(file);
    text[length < 0 ? 0 : length] = '\0';
    const char* const line = std::strstr(text, "\nAnonymous:");
    if (line == nullptr) throw std::runtime_error{"/proc/self/smaps_rollup does not tell the resident memory"};
    return std::strtoull(line + std::strlen("\nAnonymous:"), nullptr, 10) * 1024;
}

}  // namespace bench
