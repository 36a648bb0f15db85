// What a heap says when it detects corruption, to whom, and what stays behind for a debugger.
//
//     Traits::on_corruption({ kind, where, verb })      describe(report)  "deallocate: pointer was already freed ..."
//                                                       last_corruption   (gdb) print allot::detail::last_corruption
//
// A corruption hook is `static void on_corruption(const corruption_report&) noexcept` in the traits. Its law: it does not
// return, because the heap is not in a state to go on; should it return all the same, the heap traps.
//
// What a hook may call: whatever does not use the heap that reports. Of that heap, whose lock is held if it has one, a hook may
// call `explain` and `explain_failure` (diagnostics/explain.hpp) and no verb: `verify`, `stats`, a map of the heap, or a
// `printf` that allocates from it would wait for a lock that the hook's own thread holds.
//
// Guarantees: plain data; no allocation; nothing is added to .data.
#pragma once

#include <allot/base/assert.hpp>

#include <cstddef>

namespace allot {

enum class corruption_kind : unsigned char {
    double_free,         ///< the payload is free or cached already
    foreign_pointer,     ///< not inside any region of this heap
    misaligned_pointer,  ///< not a multiple of the granule
    broken_header,       ///< a size or a flag that no chunk can have
    broken_footer,       ///< a free chunk whose footer disagrees with its header
    broken_link,         ///< a free list that leads out of the heap or is not mutual
    broken_bin_map,      ///< a bin whose bit disagrees with its list; reserved: verify finds that, no verb looks for it
    canary_damaged,      ///< bytes behind the payload were written (hardening::full)
    size_mismatch,       ///< a sized deallocate that names another size
    reentered            ///< a source called back into the heap that was asking it
};

/// The public verbs of a heap, as far as one of them can detect corruption.
enum class heap_verb : unsigned char {
    none,  ///< not known
    allocate,
    try_allocate,
    allocate_zeroed,
    deallocate,
    reallocate,
    try_resize,
    add_region,
    remove_region,
    coalesce
};

/// One detected corruption. `where` is the payload that the caller gave, or that of the chunk that was found damaged; null if
/// nobody can tell which chunk that was. `verb` is the call that found it, which need not be the one that caused it.
struct corruption_report {
    corruption_kind kind;
    const void* where;
    heap_verb verb = heap_verb::none;
};

/// The name of a verb; "heap" for one that is not known. Never null.
constexpr const char* name_of(heap_verb verb) noexcept {
    switch (verb) {
        case heap_verb::none: break;
        case heap_verb::allocate: return "allocate";
        case heap_verb::try_allocate: return "try_allocate";
        case heap_verb::allocate_zeroed: return "allocate_zeroed";
        case heap_verb::deallocate: return "deallocate";
        case heap_verb::reallocate: return "reallocate";
        case heap_verb::try_resize: return "try_resize";
        case heap_verb::add_region: return "add_region";
        case heap_verb::remove_region: return "remove_region";
        case heap_verb::coalesce: return "coalesce";
    }
    return "heap";
}

/// The sentence for a kind, without the verb. Never null.
constexpr const char* describe(corruption_kind kind) noexcept {
    switch (kind) {
        case corruption_kind::double_free: return "pointer was already freed or never allocated";
        case corruption_kind::foreign_pointer: return "pointer is in no region of this heap";
        case corruption_kind::misaligned_pointer: return "pointer is not aligned to the granule";
        case corruption_kind::broken_header: return "the header of a chunk was overwritten";
        case corruption_kind::broken_footer: return "the footer of a free chunk was overwritten";
        case corruption_kind::broken_link: return "a link of a free chunk was overwritten";
        case corruption_kind::broken_bin_map: return "the bin map disagrees with its bins";
        case corruption_kind::canary_damaged: return "bytes behind the payload were overwritten";
        case corruption_kind::size_mismatch: return "the size given is more than the payload has";
        case corruption_kind::reentered: return "a source called back into the heap that was asking it";
    }
    return "unknown corruption";
}

/// A sentence that names the verb. It holds its characters, so it needs no memory and may be a temporary in a call.
class corruption_sentence {
public:
    constexpr explicit corruption_sentence(const corruption_report& report) noexcept {
        append(name_of(report.verb));
        append(": ");
        append(describe(report.kind));
    }
    constexpr const char* c_str() const noexcept { return characters_; }

private:
    constexpr void append(const char* text) noexcept {
        for (; *text != '\0' && length_ + 1 < sizeof characters_; ++text) characters_[length_++] = *text;
    }

    char characters_[88] = {};
    std::size_t length_ = 0;
};

/// What a report says: "deallocate: pointer was already freed or never allocated".
constexpr corruption_sentence describe(const corruption_report& report) noexcept { return corruption_sentence(report); }

namespace detail {

/// A report that a debugger can read when the arguments of the hook are long gone.
struct kept_report {
    volatile corruption_kind kind;
    volatile heap_verb verb;
    const void* volatile where;
};

/// The report that the last corruption hook was called with; its `where` and `verb` are 0 as long as there was none.
inline constinit kept_report last_corruption{};

/// What a source gave when it was asked last.
enum class source_answer : unsigned char { not_asked, nothing, unusable, span };

/// What a heap is about, for its reports and against re-entry.
struct activity {
    heap_verb verb = heap_verb::none;
    unsigned char is_asking = 0;  // not bool: a damaged one must still be a value
    source_answer answer = source_answer::not_asked;
};

/// Keeps a report, hands it to the hook of the traits, and does not come back. Where two threads report at once, each about a
/// heap of its own, what is kept may be mixed of both.
template <class Traits>
[[noreturn]] void report_to_hook(const corruption_report& report) noexcept {
    last_corruption.kind = report.kind;
    last_corruption.verb = report.verb;
    last_corruption.where = report.where;
    Traits::on_corruption(report);
    trap();
}

}  // namespace detail
}  // namespace allot
