// Traits whose values, not whose name, depend on how the translation unit is compiled: what nobody should write.
#pragma once

#include <allot/traits.hpp>

#if defined(ALLOT_TEST_OWN_GRANULE)
struct own_traits : allot::default_traits {
    static constexpr std::size_t granule = ALLOT_TEST_OWN_GRANULE;
};
#endif
