// What a heap says about a corruption, and to whom.
//
// A corruption hook is `static void on_corruption(const corruption_report&) noexcept` in the traits. Its law: it
// does not return (the heap is not in a state to go on); should it return all the same, the heap traps.
//
// Guarantees: plain data, no allocation, no text formatted here.
#pragma once

#include <allot/base/assert.hpp>

namespace allot {

enum class corruption_kind : unsigned char {
    double_free,         ///< the payload is free or cached already
    foreign_pointer,     ///< not inside any region of this heap
    misaligned_pointer,  ///< not a multiple of the granule
    broken_header,       ///< a size or a flag that no chunk can have
    broken_footer,       ///< a free chunk whose footer disagrees with its header
    broken_link,         ///< a free list that leads out of the heap or is not mutual
    broken_bin_map,      ///< a bin whose bit disagrees with its list
    canary_damaged,      ///< bytes behind the payload were written (hardening::full)
    size_mismatch,       ///< a sized deallocate that names another size
    reentered            ///< a source called back into the heap that was asking it
};

/// One detected corruption. `where` is the payload the caller gave, or the word that is broken.
struct corruption_report {
    corruption_kind kind;
    const void* where;
};

/// The sentence for a kind: names the public verb where one verb alone can meet it. Never null.
constexpr const char* describe(corruption_kind kind) noexcept {
    switch (kind) {
        case corruption_kind::double_free: return "deallocate: pointer was already freed or never allocated";
        case corruption_kind::foreign_pointer: return "deallocate: pointer is in no region of this heap";
        case corruption_kind::misaligned_pointer: return "deallocate: pointer is not aligned to the granule";
        case corruption_kind::broken_header: return "deallocate: a header was overwritten";
        case corruption_kind::broken_footer: return "deallocate: the footer of a free neighbour was overwritten";
        case corruption_kind::broken_link: return "a link of a free chunk was overwritten";
        case corruption_kind::broken_bin_map: return "the bin map disagrees with its bins";
        case corruption_kind::canary_damaged: return "deallocate: bytes behind the payload were overwritten";
        case corruption_kind::size_mismatch: return "deallocate: the size given is not the size allocated";
        case corruption_kind::reentered: return "a source called back into the heap that was asking it";
    }
    return "unknown corruption";
}

}  // namespace allot
