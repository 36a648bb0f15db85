// expect: list_heads: more bins than compact links can name
#include <allot/chunks/size_class.hpp>
#include <allot/free/bins.hpp>
#include <allot/memory/direct.hpp>

#if defined(ALLOT_TEST_CONTROL)
constexpr std::size_t exact_bin_limit = 8192;
#else
constexpr std::size_t exact_bin_limit = 32768;
#endif

using chunks = allot::detail::chunk_access<allot::direct_memory, 16, allot::links::word>;
using classes = allot::detail::size_classes<16, exact_bin_limit, 16, std::size_t{1} << 30>;

allot::detail::bins<chunks, classes, 4> refused;
