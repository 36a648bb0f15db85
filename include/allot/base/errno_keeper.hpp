// Keeps errno as it was, in hosted programs.
//
//     { const errno_keeper keeper;   source.release(span); }      whatever munmap left in errno, the caller of free sees none of it
//
// Guarantees: in a freestanding program there is no errno, and nothing is done.
#pragma once

#include <allot/base/config.hpp>

#if ALLOT_HOSTED
// clang-format off
# include <cerrno>  // set off, so that the single header leaves it where it stands
// clang-format on
#endif

#include <type_traits>

namespace allot::detail {

#if ALLOT_HOSTED
/// Puts errno back at the end of its scope.
class errno_keeper {
public:
    constexpr errno_keeper() noexcept : found_(std::is_constant_evaluated() ? 0 : errno) {}
    constexpr ~errno_keeper() {
        if (!std::is_constant_evaluated()) errno = found_;
    }

    errno_keeper(const errno_keeper&) = delete;
    errno_keeper& operator=(const errno_keeper&) = delete;

private:
    int found_;
};
#else
/// Keeps nothing, and is no unused variable for it.
struct [[maybe_unused]] errno_keeper {};
#endif

}  // namespace allot::detail
