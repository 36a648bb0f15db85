// A list of sizes written as plain numbers: `for (const std::size_t bytes : sizes{0, 1, 24})`.
#pragma once

#include <cstddef>
#include <initializer_list>

namespace allot_test {

using sizes = std::initializer_list<std::size_t>;

}  // namespace allot_test
