// How much of this process's own memory is resident.
#pragma once

#include <cstddef>

namespace bench {

/// Anonymous resident bytes, exact to the page. Allocates nothing.
std::size_t resident_bytes();

}  // namespace bench
