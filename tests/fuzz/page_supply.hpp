// Where the sources of a shared heap get their spans from: pages that tell who used them when he had no right to.
//
//     area   [ out ][ 0xDD ][ out: a span ][ 0xDD ]      pages that are not out hold 0xDD
//
// Guarantees: a span is given to one heap at a time, at random places, some side by side; what comes back must be out,
// and a whole span where parts may not come back: else the run fails.
#pragma once

#include "failure.hpp"

#include <allot/policy/source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <vector>

namespace fuzz {

class page_supply {
public:
    static constexpr std::size_t page = 4096;

    page_supply(bool takes_parts, std::uint64_t seed)
        : takes_parts_(takes_parts), random_(seed), is_out_(pages, false) {
        std::memset(area(), returned, pages * page);
        current() = this;
    }
    ~page_supply() { current() = nullptr; }
    page_supply(const page_supply&) = delete;
    page_supply& operator=(const page_supply&) = delete;

    /// The one that the sources of this process ask.
    static page_supply*& current() {
        static page_supply* supply = nullptr;
        return supply;
    }

    std::function<void()> on_call;                           ///< within acquire and release: no lock is held
    std::function<void(const allot::memory_span&)> on_loss;  ///< before the contents of a span are lost
    std::size_t asked = 0;
    std::size_t served = 0;
    std::size_t purged = 0;

    std::size_t out_bytes() const {
        return static_cast<std::size_t>(std::count(is_out_.begin(), is_out_.end(), true)) * page;
    }

    allot::memory_span acquire(std::size_t min_bytes) {
        ++asked;
        const std::size_t count = (min_bytes + page - 1) / page + below(3);
        const std::size_t first = below(25) == 0 ? pages : place_for(count);
        if (first == pages) return on_call(), allot::memory_span{};
        const allot::memory_span span{area() + first * page, count * page};
        for (std::size_t i = 0; i < span.bytes; ++i) {
            if (area()[first * page + i] != returned) fail("source: memory that had gone back was written");
        }
        mark(first, count, true);
        whole_[first] = count;
        ++served;
        on_call();
        return span;
    }

    void release(const allot::memory_span& span) {
        const std::size_t first = must_be_out(span, "source: a span that was not given came back");
        const std::size_t count = span.bytes / page;
        const bool is_whole = whole_.count(first) != 0 && whole_[first] == count;
        if (!takes_parts_ && !is_whole) fail("source: not a whole span came back");
        on_loss(span);
        std::memset(span.base, returned, span.bytes);
        mark(first, count, false);
        whole_.erase(first);
        on_call();
    }

    void purge(const allot::memory_span& span) {
        must_be_out(span, "source: a span that was not given is purged");
        on_loss(span);
        std::memset(span.base, 0xEE, span.bytes);
        ++purged;
    }

private:
    static constexpr std::size_t pages = 128;
    static constexpr unsigned char returned = 0xDD;

    static unsigned char* area() {
        alignas(page) static unsigned char memory[pages * page];
        return memory;
    }

    std::size_t must_be_out(const allot::memory_span& span, const char* otherwise) const {
        const auto* const base = static_cast<const unsigned char*>(span.base);
        if (base < area() || base >= area() + pages * page) fail(otherwise);
        const auto offset = static_cast<std::size_t>(base - area());
        if (offset % page != 0 || span.bytes % page != 0 || span.bytes == 0) fail(otherwise);
        if (span.bytes > pages * page - offset) fail(otherwise);
        for (std::size_t i = offset / page; i < (offset + span.bytes) / page; ++i) {
            if (!is_out_[i]) fail(otherwise);
        }
        return offset / page;
    }

    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

    bool is_free(std::size_t first, std::size_t count) const {
        if (first + count > pages) return false;
        return std::none_of(is_out_.begin() + static_cast<std::ptrdiff_t>(first),
                            is_out_.begin() + static_cast<std::ptrdiff_t>(first + count), [](bool out) { return out; });
    }

    /// A random place, or the lowest one, which often lies beside what is out; `pages` if there is none.
    std::size_t place_for(std::size_t count) {
        const std::size_t anywhere = below(pages);
        if (below(3) == 0 && is_free(anywhere, count)) return anywhere;
        for (std::size_t first = 0; first < pages; ++first) {
            if (is_free(first, count)) return first;
        }
        return pages;
    }

    void mark(std::size_t first, std::size_t count, bool is_out) {
        std::fill_n(is_out_.begin() + static_cast<std::ptrdiff_t>(first), count, is_out);
    }

    bool takes_parts_;
    std::mt19937_64 random_;
    std::vector<bool> is_out_;
    std::map<std::size_t, std::size_t> whole_;
};

/// Takes whole spans only.
struct whole_spans {
    static allot::memory_span acquire(std::size_t min_bytes) noexcept {
        return page_supply::current()->acquire(min_bytes);
    }
    static void release(allot::memory_span span) noexcept { page_supply::current()->release(span); }
};

/// Takes parts, and the contents of what stays.
struct span_parts : whole_spans {
    static constexpr std::size_t granularity = page_supply::page;
    static void purge(allot::memory_span span) noexcept { page_supply::current()->purge(span); }
};

}  // namespace fuzz
