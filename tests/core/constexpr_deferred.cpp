// Proved by the compiler: cached chunks are as good as free ones whenever it matters.
// The language of the scripts: support/constexpr_script.hpp.
#include "support/constexpr_script.hpp"

namespace allot_test {
namespace {

constexpr const char* a_cached_chunk_is_taken_as_it_is = "[0 7(+a2 +b2 -a -b ?1 +b2 +a2 ?1 -b -a) . ?1 ^12";
constexpr const char* cached_chunks_merge_when_memory_is_short = "7([0 +a4 +b4 +c4 -a -b -c ?0 +d12 ?0 -d ?1 ]0)";
constexpr const char* where_memory_was_short_nothing_waits =
    "[0 +a4 +b4 +c4 -a -b -c ?0 +d12 -d 7(+a4 +b4 +c4 -a -b -c ?1)";
constexpr const char* cached_bytes_are_limited = "[03 *2 / *3 % *2 \\ . ?1";
constexpr const char* a_cached_neighbour_is_not_resized_into_but_reallocated_into =
    "[0 6(+a4 +b4 +c4 -b #a8 ~a8 -a -c . ?1 ^12)";
constexpr const char* a_cached_chunk_serves_an_aligned_request_only_if_aligned =
    "[03 6(+a2@8 -a +b2@8 -b +c2@4 -c +d2@16 -d . ?1)";
constexpr const char* a_region_of_cached_chunks_is_taken_back = "8([0 +a2 +b3 -a -b ]0 ?0 !2)";
constexpr const char* each_size_has_its_own_list = "[0 5(+a2 +b3 +c4 -a -b -c +c4 +b3 +a2 -c -b -a) . ?1 ^12";
constexpr const char* sizes_beyond_the_limit_are_merged_at_once = "[03 7(+a5 +b6 +c9 -a -b -c ?1 +d20 -d ?1)";

static_assert(deferred_heaps::live(a_cached_chunk_is_taken_as_it_is));
static_assert(deferred_heaps::live(cached_chunks_merge_when_memory_is_short));
static_assert(deferred_heaps::live(where_memory_was_short_nothing_waits));
static_assert(deferred_heaps::live(cached_bytes_are_limited));
static_assert(deferred_heaps::live(a_cached_neighbour_is_not_resized_into_but_reallocated_into));
static_assert(deferred_heaps::live(a_cached_chunk_serves_an_aligned_request_only_if_aligned));
static_assert(deferred_heaps::live(a_region_of_cached_chunks_is_taken_back));
static_assert(deferred_heaps::live(each_size_has_its_own_list));
static_assert(deferred_heaps::live(sizes_beyond_the_limit_are_merged_at_once));

}  // namespace
}  // namespace allot_test
