// One heap from its first region to its last, held against a model at every step.
//
//     operation --> heap verb --> what came back, is it what the model allows? --> the model follows
//
// The model knows the payloads that are out (place, size, content), the regions (region_model) and therefore every gap
// between chunks in use (gap_map). From that it knows which calls must fail and which must not:
//   * a call that fails is bit-identical: all bytes of all regions are compared; cached chunks may be coalesced only
//     where memory was short;
//   * where a gap fits, null is a bug (with fit_search::bounded: where a gap fits that its promise covers).
//
// Guarantees: an operation that finds the heap wrong does not return (fuzz::fail).
#pragma once

#include "arena.hpp"
#include "configuration.hpp"
#include "gap_map.hpp"
#include "operation.hpp"
#include "region_model.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace fuzz {

class life final : span_supplier {
public:
    life(const configuration& lived, const life_plan& plan);

    void apply(const operation& step);

    /// Gives back every payload and takes back every region: nothing must be left.
    void end();

private:
    struct live_payload {
        unsigned char* at;
        std::size_t requested;
        std::size_t usable;
        std::size_t alignment;
        std::uint64_t key;
    };
    /// A request that the heap is about to decide on.
    struct request {
        std::size_t bytes;
        std::size_t alignment;
    };
    /// The bytes of all regions, and the numbers, before a call that may fail.
    struct image {
        bool is_taken;
        std::vector<unsigned char> bytes;
        allot::heap_stats stats;
    };

    // life.cpp: the verbs
    void do_allocate(const operation& step);
    void do_deallocate(const operation& step);
    void do_reallocate(const operation& step);
    void do_try_resize(const operation& step);
    void do_add_region(const operation& step);
    void do_remove_region(const operation& step);
    void do_coalesce();
    void* call_allocate(const operation& step, const request& wanted);
    void reallocate_nothing(const request& wanted);
    void keep_in_place(live_payload& kept, const request& wanted);
    void move(live_payload& moved, void* to, const request& wanted);

    // life_regions.cpp
    region_span place_to_add(const operation& step) const;
    region_span place_to_remove(const operation& step) const;
    void add(const region_span& added);
    void check_refused_add(allot::region_status status, const region_span& refused) const;
    void take_back(const region_span& removed);
    bool can_take_back(const region_span& removed) const;
    bool can_cut_to(const region_span& left, const region_span& whole) const;
    allot::memory_span acquire(std::size_t min_bytes) override;
    void release(allot::memory_span span) override;
    void purge(allot::memory_span span) override;
    void check_nothing_kept_from_source() const;

    // life_checks.cpp: what the model says
    std::size_t chunk_size_for(std::size_t bytes) const;
    bool is_sensible(const request& wanted) const;
    bool fits_in(const gap& space, std::size_t size, std::size_t alignment) const;
    bool fits_somewhere(const request& wanted) const;
    bool is_promised(const request& wanted) const;
    bool fits_near(const live_payload& owned, const request& wanted) const;
    std::size_t rounded_to_bin(std::size_t size) const;
    bool is_top(const gap& space) const;

    // life_checks.cpp: looking
    void take_image(bool is_lost_call);
    void check_image(bool may_coalesce);
    bool is_small() const { return area_.bytes() <= 4096; }
    void inspect() const;
    void check_largest_free();
    region_span trimmed(const region_span& span) const;
    void check_stats() const;
    void check_walk() const;
    void check_content(const live_payload& owned, std::size_t bytes) const;

    gap chunk_of(const live_payload& owned) const;
    live_payload& picked(const operation& step) { return live_[step.pick % live_.size()]; }
    live_payload checked_new(void* payload, const request& wanted);
    void hand_over(live_payload made);
    void forget(live_payload& gone);
    void give_up_room_of(const live_payload& gone);
    void give_up_moved();
    void give_up_tail();

    const configuration& config_;
    heap_shape shape_;
    arena area_;
    std::unique_ptr<any_heap> heap_;
    region_model regions_;
    gap_map gaps_;
    std::vector<live_payload> live_;
    std::vector<std::size_t> cuts_;
    image before_{};
    std::size_t in_use_bytes_ = 0;
    std::size_t least_peak_ = 0;
    std::size_t most_regions_ = 0;
    std::uint64_t next_key_ = 1;
    std::uint64_t steps_ = 0;
    std::uint64_t inspect_every_;

    // while a call runs
    bool may_ask_source_ = false;
    bool has_asked_ = false;
    bool was_supplied_ = false;
    std::uint32_t mood_ = 0;
    request current_{};
    live_payload* moving_ = nullptr;  ///< what is being resized, as long as its old room counts as in use
};

}  // namespace fuzz
