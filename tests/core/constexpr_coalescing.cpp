// Proved by the compiler: chunks that are given back become one chunk again, in whatever order.
// The language of the scripts: support/constexpr_script.hpp.
#include "support/constexpr_script.hpp"

namespace allot_test {
namespace {

// [ a ][ b ][ c ] fill a region; each order of giving them back must leave one chunk of 12 granules.
constexpr const char* freed_first_to_last = "[0 7(+a4 +b4 +c4 !2 -a -b -c . ?1 ^12)";
constexpr const char* freed_last_to_first = "[0 7(+a4 +b4 +c4 !2 -c -b -a . ?1 ^12)";
constexpr const char* freed_middle_then_up = "[0 7(+a4 +b4 +c4 !2 -b -c -a . ?1 ^12)";
constexpr const char* freed_middle_then_down = "[0 7(+a4 +b4 +c4 !2 -b -a -c . ?1 ^12)";
constexpr const char* freed_ends_then_middle = "[0 7(+a4 +b4 +c4 !2 -a -c -b . ?1 ^12)";
constexpr const char* freed_ends_backward_then_middle = "[0 7(+a4 +b4 +c4 !2 -c -a -b . ?1 ^12)";

constexpr const char* a_hole_between_neighbours_in_use_stays_alone =
    "[0 5(+a4 +b4 +c4 -b . ?1 ^4 !5 +b4 ?0 !2 -a -b -c . ?1 ^12)";
constexpr const char* holes_do_not_merge_across_a_chunk_in_use =
    "[0 5(+a3 +b3 +c3 +d3 -a -c . ?2 ^3 !4 -b -d . ?1 ^12)";
constexpr const char* a_chunk_freed_between_two_holes_closes_the_gap =
    "[0 5(+a3 +b3 +c3 +d3 -a -c . -b . ?1 ^9 +e9 ?0 -e -d . ?1 ^12)";
constexpr const char* a_chunk_below_the_top_becomes_the_top = "[0 9(+a4 +b2 -b . ?1 ^8 -a . ?1 ^12)";
constexpr const char* a_pile_freed_in_order_leaves_one_chunk = "[03 *2 / . ?1 *3 / . ?1";
constexpr const char* a_pile_freed_in_reverse_leaves_one_chunk = "[03 *3 \\ . ?1 *2 \\ . ?1";
constexpr const char* a_pile_freed_in_two_rounds_leaves_one_chunk = "[03 *3 % . ?1 *2 % . ?1";

static_assert(all_heaps_live(freed_first_to_last));
static_assert(all_heaps_live(freed_last_to_first));
static_assert(all_heaps_live(freed_middle_then_up));
static_assert(all_heaps_live(freed_middle_then_down));
static_assert(all_heaps_live(freed_ends_then_middle));
static_assert(all_heaps_live(freed_ends_backward_then_middle));
static_assert(all_heaps_live(a_hole_between_neighbours_in_use_stays_alone));
static_assert(all_heaps_live(holes_do_not_merge_across_a_chunk_in_use));
static_assert(all_heaps_live(a_chunk_freed_between_two_holes_closes_the_gap));
static_assert(all_heaps_live(a_chunk_below_the_top_becomes_the_top));
static_assert(all_heaps_live(a_pile_freed_in_order_leaves_one_chunk));
static_assert(all_heaps_live(a_pile_freed_in_reverse_leaves_one_chunk));
static_assert(all_heaps_live(a_pile_freed_in_two_rounds_leaves_one_chunk));

}  // namespace
}  // namespace allot_test
