// The ready-made traits, from a heap of a few chunks to 64 MiB.
#include "configuration.hpp"

namespace fuzz {
namespace {

using default_heap = allot::basic_heap<failing_reports<allot::default_traits>>;
using bounded_heap = allot::basic_heap<failing_reports<allot::bounded_traits>>;
using compact_heap = allot::basic_heap<failing_reports<allot::compact_traits>>;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

}  // namespace

std::vector<configuration> plain_configurations() {
    return {
        configure<default_heap>("default_tiny", 256, 2 * kib, 2000, 10),
        configure<default_heap>("default_small", 4 * kib, 64 * kib, 20000, 5),
        configure<default_heap>("default_large", mib, 64 * mib, 200000, 1),
        configure<default_heap>("default_64_mib", 64 * mib, 64 * mib, 200000, 1),
        configure<default_heap>("default_regions", 2 * kib, 128 * kib, 5000, 150),
        configure<bounded_heap>("bounded_tiny", 256, 2 * kib, 2000, 10),
        configure<bounded_heap>("bounded_small", 4 * kib, 256 * kib, 20000, 20),
        configure<compact_heap>("compact_tiny", 256, 2 * kib, 2000, 10),
        configure<compact_heap>("compact_small", 4 * kib, 256 * kib, 20000, 20),
        configure<compact_heap>("compact_large", mib, 16 * mib, 100000, 1),
    };
}

}  // namespace fuzz
