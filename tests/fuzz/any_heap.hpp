// One interface over every heap type that is fuzzed, and what the model must know of its traits.
//
// Guarantees: a call goes to the heap's verb of the same name and nothing is added.
#pragma once

#include "failure.hpp"

#include <allot/allot.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <type_traits>

namespace fuzz {

/// Where the sources of heaps under test get their spans from.
class span_supplier {
public:
    virtual allot::memory_span acquire(std::size_t min_bytes) = 0;
    virtual void release(allot::memory_span span) = 0;
    virtual void purge(allot::memory_span span) = 0;

protected:
    ~span_supplier() = default;
};

struct supplied_source {
    span_supplier* supplier = nullptr;

    allot::memory_span acquire(std::size_t min_bytes) noexcept { return supplier->acquire(min_bytes); }
    void release(allot::memory_span span) noexcept { supplier->release(span); }
};

/// A source that takes parts back, and the contents of free memory.
struct supplied_parts : supplied_source {
    static constexpr std::size_t granularity = 256;
    void purge(allot::memory_span span) noexcept { supplier->purge(span); }
};

/// The numbers and promises of a heap type.
struct heap_shape {
    std::size_t word;
    std::size_t granule;
    std::size_t min_chunk;
    std::size_t max_request;
    std::size_t largest_chunk;
    std::size_t exact_bin_limit;
    std::size_t bin_subdivision;
    std::size_t search_looks;      ///< how many free chunks a request looks at before it fails
    std::size_t descriptor_words;  ///< of a region, with the word that rounding may cost
    std::size_t granularity;       ///< of the parts that a source takes back; 1: it takes whole spans
    bool has_source;
    bool has_lanes;  ///< it may ask its source while chunks wait in lanes
    bool takes_one_region;
    bool has_short_reach;  ///< compact links that cannot reach everywhere in an arena
};

class any_heap {
public:
    virtual ~any_heap() = default;

    virtual allot::region_status add_region(void* base, std::size_t bytes) = 0;
    virtual allot::region_status remove_region(void* base, std::size_t bytes) = 0;
    virtual void* allocate(std::size_t bytes, std::size_t alignment) = 0;
    virtual void* allocate(std::size_t bytes) = 0;
    virtual void* try_allocate(std::size_t bytes, std::size_t alignment) = 0;
    virtual void* allocate_zeroed(std::size_t bytes, std::size_t alignment) = 0;
    virtual void deallocate(void* payload) = 0;
    virtual void deallocate(void* payload, std::size_t bytes, std::size_t alignment) = 0;
    virtual void* reallocate(void* payload, std::size_t bytes, std::size_t alignment) = 0;
    virtual bool try_resize(void* payload, std::size_t bytes) = 0;
    virtual std::size_t usable_size(const void* payload) const = 0;
    virtual void coalesce() = 0;
    virtual allot::heap_stats stats() const = 0;
    virtual allot::verify_result verify() const = 0;
    /// All that there is at one moment.
    virtual void for_each_chunk(const std::function<void(const allot::chunk_info&)>& visit) const = 0;
    /// The walk that users have, which may let others in between.
    virtual void walk(const std::function<void(const allot::chunk_info&)>& visit) const = 0;
    virtual void supply_from(span_supplier& supplier) = 0;
};

template <class Heap>
class heap_under_test final : public any_heap {
public:
    allot::region_status add_region(void* base, std::size_t bytes) override { return heap_.add_region(base, bytes); }
    allot::region_status remove_region(void* base, std::size_t bytes) override {
        return heap_.remove_region(base, bytes);
    }
    void* allocate(std::size_t bytes, std::size_t alignment) override { return heap_.allocate(bytes, alignment); }
    void* allocate(std::size_t bytes) override { return heap_.allocate(bytes); }
    void* try_allocate(std::size_t bytes, std::size_t alignment) override {
        return heap_.try_allocate(bytes, alignment);
    }
    void* allocate_zeroed(std::size_t bytes, std::size_t alignment) override {
        return heap_.allocate_zeroed(bytes, alignment);
    }
    void deallocate(void* payload) override { heap_.deallocate(payload); }
    void deallocate(void* payload, std::size_t bytes, std::size_t alignment) override {
        heap_.deallocate(payload, bytes, alignment);
    }
    void* reallocate(void* payload, std::size_t bytes, std::size_t alignment) override {
        return heap_.reallocate(payload, bytes, alignment);
    }
    bool try_resize(void* payload, std::size_t bytes) override { return heap_.try_resize(payload, bytes); }
    std::size_t usable_size(const void* payload) const override { return Heap::usable_size(payload); }
    void coalesce() override { heap_.coalesce(); }
    allot::heap_stats stats() const override {
        const allot::heap_stats exact = while_stopped([](const auto& still) { return still.stats(); });
        allot::heap_stats same = heap_.stats();
        if (same.largest_free > exact.largest_free) fail("stats: largest_free is more than there is");
        same.largest_free = exact.largest_free;
        if (std::memcmp(&same, &exact, sizeof exact) != 0) fail("stats: two looks at one heap differ");
        return exact;
    }
    allot::verify_result verify() const override {
        const allot::verify_result exact = while_stopped([](const auto& still) { return still.verify(); });
        if (heap_.verify().broken != exact.broken) fail("verify: two looks at one heap differ");
        return exact;
    }
    void for_each_chunk(const std::function<void(const allot::chunk_info&)>& visit) const override {
        while_stopped([&](const auto& still) { still.for_each_chunk(visit); });
    }
    void walk(const std::function<void(const allot::chunk_info&)>& visit) const override {
        heap_.for_each_chunk(visit);
    }
    void supply_from(span_supplier& supplier) override {
        if constexpr (std::is_base_of_v<supplied_source, typename Heap::source_type>)
            heap_.source().supplier = &supplier;
    }

private:
    template <class Look>
    decltype(auto) while_stopped(Look&& look) const {
        if constexpr (requires { heap_.while_stopped(look); }) return heap_.while_stopped(look);
        else return look(heap_);
    }

    Heap heap_{};
};

template <class Heap>
constexpr bool has_lanes() {
    if constexpr (requires { typename Heap::lock_type; })
        return Heap::traits_type::lanes != 0 && allot::observable_lock<typename Heap::lock_type>;
    else return false;
}

template <class Heap>
constexpr std::size_t descriptor_words_of() {
    if (Heap::traits_type::one_region) return 1;
    return std::is_base_of_v<supplied_source, typename Heap::source_type> ? 7 : 5;
}

template <class Heap>
constexpr heap_shape shape_of() {
    using traits = typename Heap::traits_type;
    return {sizeof(std::size_t),
            Heap::default_alignment,
            Heap::min_chunk_size,
            Heap::max_request,
            traits::largest_chunk,
            traits::exact_bin_limit,
            traits::bin_subdivision,
            traits::search == allot::fit_search::exhaustive ? SIZE_MAX : traits::fit_looks,
            descriptor_words_of<Heap>(),
            allot::granularity_of<typename Heap::source_type>(),
            std::is_base_of_v<supplied_source, typename Heap::source_type>,
            has_lanes<Heap>(),
            traits::one_region,
            traits::links == allot::links::compact && sizeof(std::size_t) < 8};
}

/// Traits whose heaps report a corruption to the fuzzer. Nothing is corrupted here: every report is a bug.
template <class Base>
struct failing_reports : Base {
    static void on_corruption(const allot::corruption_report& report) noexcept {
        fail(std::string("the heap reports a corruption: ") + allot::describe(report).c_str());
    }
};

}  // namespace fuzz
