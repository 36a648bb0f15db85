// Proved by the compiler: a payload grows and shrinks where it is, downward, or by moving, and keeps its content.
// The language of the scripts: support/constexpr_script.hpp.
#include "support/constexpr_script.hpp"

namespace allot_test {
namespace {

constexpr const char* it_grows_into_the_hole_above = "[0 5(+a3 +b3 +c3 -b . =a6 #a7 =a4 =a6 -a -c . ?1 ^12)";
constexpr const char* it_grows_into_the_top = "[0 7(+a3 =a8 =a12 #a13 =a2 =a12 -a . ?1 ^12)";
constexpr const char* what_it_shrinks_by_is_free = "[0 6(+a12 =a10 ?1 ^2 +b2 =a5 ?1 ^5 +c5 ?0 !2 -a -b -c . ?1 ^12)";
constexpr const char* it_grows_downward_into_the_hole_below = "[0 7(+a5 +b3 +c4 -a ~b7 -b -c . ?1 ^12)";
constexpr const char* it_grows_downward_and_upward_at_once = "[0 7(+a5 +b2 +c5 -a -c ~b12 ?0 -b . ?1 ^12)";
constexpr const char* it_moves_down_over_itself = "[0 6(+a2 +b8 +c2 -a . ~b10 -c -b . ?1 ^12)";
constexpr const char* it_moves_when_there_is_no_room_beside = "[03 6(+a3 +b3 +c3 ~b9 -a -c ~b2 -b . ?1)";
constexpr const char* a_failed_reallocation_changes_nothing = "[0 5(+a6 +b6 ~!a7 ~!b7 ~!a48 #a7 -b . ~a12 -a . ?1 ^12)";
constexpr const char* it_shrinks_to_the_least_and_grows_back = "[0 7(+a9 ~a2 ~a9 =a2 =a12 ~a5 -a . ?1 ^12)";
constexpr const char* two_payloads_take_turns_in_growing =
    "[03 4(+a2 +b2 ~a4 ~b4 ~a7 ~b7 ~a11 ~b11 ~a3 ~b3 -a -b . ?1)";

static_assert(all_heaps_live(it_grows_into_the_hole_above));
static_assert(all_heaps_live(it_grows_into_the_top));
static_assert(all_heaps_live(what_it_shrinks_by_is_free));
static_assert(all_heaps_live(it_grows_downward_into_the_hole_below));
static_assert(all_heaps_live(it_grows_downward_and_upward_at_once));
static_assert(all_heaps_live(it_moves_down_over_itself));
static_assert(all_heaps_live(it_moves_when_there_is_no_room_beside));
static_assert(all_heaps_live(a_failed_reallocation_changes_nothing));
static_assert(all_heaps_live(it_shrinks_to_the_least_and_grows_back));
static_assert(all_heaps_live(two_payloads_take_turns_in_growing));

}  // namespace
}  // namespace allot_test
