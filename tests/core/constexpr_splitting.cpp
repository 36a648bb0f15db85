// Proved by the compiler: chunks are cut where they should be, and every free byte can be had again.
// The language of the scripts: support/constexpr_script.hpp.
#include "support/constexpr_script.hpp"

namespace allot_test {
namespace {

constexpr const char* the_remainder_serves_the_next_small_requests =
    "[0 5(+a8 +b4 -a . +c2 +d2 +e4 ?0 !2 -c -d -e -b . ?1 ^12)";
constexpr const char* a_rest_too_small_for_a_chunk_comes_back_with_it =
    "[0 5(+a4 +b4 +c4 -b . +d3 -d . ?1 ^4 +b4 !2 -a -b -c . ?1 ^12)";
constexpr const char* every_size_is_had_in_a_heap_with_room_for_one =
    "[0 3(+a2 -a +a3 -a +a4 -a +a5 -a +a6 -a +a7 -a +a8 -a +a9 -a +a10 -a +a11 -a +a12 -a . ?1 ^12)";
constexpr const char* an_exhausted_heap_refuses_and_recovers = "[0 6(+a6 +b6 !2 !12 !48 -a . +c6 !2 -b -c . ?1 ^12)";
constexpr const char* sizes_at_the_edges_of_bins_find_their_chunks =
    "[03 3(+a7 +b8 +c9 +d11 +e12 -c -a +f9 -e -b +g8 +h7 . -d -f -g -h . ?1)";
constexpr const char* a_fit_deep_in_its_bin_is_found =
    "[03 2(+a8 +p2 +b9 +q2 +c10 +r2 +d11 +s2 *2 -d -c -b -a +e11 +f10 +g9 +h8 !8 -e -f -g -h -p -q -r -s / . ?1)";
constexpr const char* a_hole_is_used_before_the_top = "[03 5(+a6 +b2 -a . ?2 +c6 ?1 -c +d5 -d -b . ?1 +e12 -e)";

static_assert(all_heaps_live(the_remainder_serves_the_next_small_requests));
static_assert(all_heaps_live(a_rest_too_small_for_a_chunk_comes_back_with_it));
static_assert(all_heaps_live(every_size_is_had_in_a_heap_with_room_for_one));
static_assert(all_heaps_live(an_exhausted_heap_refuses_and_recovers));
static_assert(all_heaps_live(sizes_at_the_edges_of_bins_find_their_chunks));
static_assert(all_heaps_live(a_fit_deep_in_its_bin_is_found));
static_assert(all_heaps_live(a_hole_is_used_before_the_top));

}  // namespace
}  // namespace allot_test
