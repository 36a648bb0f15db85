// expect: bin_map: more bins than two levels of words can map
#include <allot/free/bin_map.hpp>

#if defined(ALLOT_TEST_CONTROL)
constexpr std::size_t bins = allot::detail::word_bits * allot::detail::word_bits;
#else
constexpr std::size_t bins = allot::detail::word_bits * allot::detail::word_bits + 1;
#endif

allot::detail::bin_map<bins> refused;
