// Proved by the compiler: payloads are aligned as requested, and what alignment leaves unused can be had again.
// The language of the scripts: support/constexpr_script.hpp.
#include "support/constexpr_script.hpp"

namespace allot_test {
namespace {

constexpr const char* payloads_of_every_alignment_stand_together =
    "[03 5(+e2@32 +d2@16 +c2@8 +b2@4 +a2@2 -e -d -c -b -a . ?1)";
constexpr const char* what_lies_below_an_aligned_payload_is_free = "[0 7(+a2@4 +b3 -a . +c2@2 -c -b . ?1 ^12)";
constexpr const char* an_alignment_that_no_payload_can_have_fails = "[0 11(+a4 !2@64 !2@128 -a . ?1 ^12)";
constexpr const char* aligned_holes_are_used_again =
    "[03 4(+a4@8 +b4@8 +c4@8 -a -b -c . ?1 +c4@8 +b4@8 +a4@8 -b -c -a . ?1)";
constexpr const char* a_reallocated_payload_stays_aligned =
    "[03 5(+a2@8 +b2 ~a6@8 +c2 ~a9@8 ~a3@8 -b ~a12@8 -c -a . ?1)";
constexpr const char* a_reallocation_to_a_higher_alignment_moves =
    "[03 6(+a3 ~a3@4 ~a3@8 ~a3@16 ~a5@2 +b2 ~a4@16 -a -b . ?1)";
constexpr const char* aligned_and_plain_requests_share_a_heap =
    "[03 4(+a3 +b5@4 +c2 +d7@2 -b +e3@8 -a -d +f6@4 . -c -e -f . ?1)";

static_assert(all_heaps_live(payloads_of_every_alignment_stand_together));
static_assert(all_heaps_live(what_lies_below_an_aligned_payload_is_free));
static_assert(all_heaps_live(an_alignment_that_no_payload_can_have_fails));
static_assert(all_heaps_live(aligned_holes_are_used_again));
static_assert(all_heaps_live(a_reallocated_payload_stays_aligned));
static_assert(all_heaps_live(a_reallocation_to_a_higher_alignment_moves));
static_assert(all_heaps_live(aligned_and_plain_requests_share_a_heap));

}  // namespace
}  // namespace allot_test
