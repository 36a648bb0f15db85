// A source that takes its spans from the field of a checked heap, writes down what it is asked, and fails when told.
#pragma once

#include "support/memory_field.hpp"

#include <allot/policy/source.hpp>

#include <cstddef>
#include <functional>
#include <vector>

namespace allot_test {

class field_source {
public:
    /// Spans come from here on, `gap` bytes apart.
    void use(memory_field& field, std::size_t from = 0, std::size_t gap = 64) {
        field_ = &field;
        next_ = from;
        gap_ = gap;
    }

    allot::memory_span acquire(std::size_t min_bytes) noexcept {
        asked.push_back(min_bytes);
        if (on_acquire) on_acquire();
        if (asked.size() == fails_at || field_ == nullptr) return {};
        if (bad_span.base != nullptr) return bad_span;
        if (min_bytes > field_->bytes() || next_ + min_bytes + extra > field_->bytes()) return {};
        const allot::memory_span span{field_->at(next_), min_bytes + extra};
        field_->give(span.base, span.bytes);
        next_ += span.bytes + gap_;
        return span;
    }

    void release(allot::memory_span span) noexcept {
        released.push_back(span);
        if (on_release) on_release();
        if (span != bad_span) field_->take_back(span.base, span.bytes);
    }

    std::vector<std::size_t> asked;
    std::vector<allot::memory_span> released;
    std::size_t fails_at = 0;       ///< the number of the call that fails, from 1
    std::size_t extra = 0;          ///< more than was asked for
    allot::memory_span bad_span{};  ///< what every call gives instead, if not empty
    std::function<void()> on_acquire;
    std::function<void()> on_release;

private:
    memory_field* field_ = nullptr;
    std::size_t next_ = 0;
    std::size_t gap_ = 64;
};

static_assert(allot::memory_source<field_source>);

/// Traits with that source, which gets back at once what has become free.
template <class Base>
struct sourced : Base {
    using source = field_source;
    static constexpr std::size_t keep_free_bytes = 0;
};

}  // namespace allot_test
