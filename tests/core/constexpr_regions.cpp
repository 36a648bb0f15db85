// Proved by the compiler: regions merge with their neighbours in any order, and free ends can be taken back.
// The language of the scripts: support/constexpr_script.hpp.
#include "support/constexpr_script.hpp"

namespace allot_test {
namespace {

constexpr const char* neighbours_given_upward_merge = "2([0 [1 [2 [3 ?1 *3 / . ?1 ]03)";
constexpr const char* neighbours_given_downward_merge = "2([3 [2 [1 [0 ?1 *3 \\ . ?1 ]03)";
constexpr const char* the_gap_between_two_regions_is_closed = "8([0 [2 ?2 [1 ?1 +a30 -a ]02 ?0 !2)";
constexpr const char* regions_apart_stay_apart = "6([0 [2 ?2 +a12 +b12 ?0 !2 -a -b ?2 ^12 ]0 ]2)";
constexpr const char* the_top_of_a_region_left_alone_is_found = "8([0 [2 +a2 -a ]2 +b12 -b ]0)";
constexpr const char* ends_of_a_region_are_taken_back = "8([03 ]3 ]0 +a20 !30 -a ]12 ?0)";
constexpr const char* what_is_in_use_is_not_taken_back = "8([03 +a2 ]!0 ]!03 ]3 -a ]02 ?0)";
constexpr const char* a_span_that_overlaps_is_refused = "8([1 [!1 [!02 [!01 +a3 -a ]1 ?0)";
constexpr const char* a_payload_grows_upward_over_a_former_border = "5([0 +b12 [1 =b20 #b40 =b2 +a22 -a -b ]01 ?0)";
constexpr const char* a_payload_grows_downward_over_a_former_border = "7([1 +b12 [0 ~b20 ~b23 +a2 -b -a ]01)";
constexpr const char* a_region_given_between_two_in_use_joins_them =
    "5([0 [2 +a12 +b12 !2 [1 +c10 =c14 -a -c -b . ]02)";

constexpr const char* a_sole_region_is_given_and_taken_back_in_parts =
    "5([0 [!1 [!2 +a3 +b2 ~a5 ]!0 -b -a . ?1 ]0 [12 +a12 [!0 !40 -a . ]1 +b2 -b . ]2 [02 ]2 ]0 ]1)";

template <class Config>
struct of_one_region : Config {
    struct traits : Config::traits {
        static constexpr bool one_region = true;
    };
};
using heaps_of_one_region =
    script_heaps<of_one_region<script_config<std::uint64_t, allot::links::word, allot::coalescing::immediate>>,
                 of_one_region<script_config<std::uint64_t, allot::links::compact, allot::coalescing::deferred>>,
                 of_one_region<script_config<std::uint32_t, allot::links::word, allot::coalescing::deferred>>,
                 of_one_region<script_config<std::uint16_t, allot::links::word, allot::coalescing::immediate>>>;

static_assert(heaps_of_one_region::live(a_sole_region_is_given_and_taken_back_in_parts));

static_assert(all_heaps_live(neighbours_given_upward_merge));
static_assert(all_heaps_live(neighbours_given_downward_merge));
static_assert(all_heaps_live(the_gap_between_two_regions_is_closed));
static_assert(all_heaps_live(regions_apart_stay_apart));
static_assert(all_heaps_live(the_top_of_a_region_left_alone_is_found));
static_assert(all_heaps_live(ends_of_a_region_are_taken_back));
static_assert(all_heaps_live(what_is_in_use_is_not_taken_back));
static_assert(all_heaps_live(a_span_that_overlaps_is_refused));
static_assert(all_heaps_live(a_payload_grows_upward_over_a_former_border));
static_assert(all_heaps_live(a_payload_grows_downward_over_a_former_border));
static_assert(all_heaps_live(a_region_given_between_two_in_use_joins_them));

}  // namespace
}  // namespace allot_test
