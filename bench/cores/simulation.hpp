// Calls of simulated cores on one heap, and what passes between the cores' caches for them.
//
//     core 3  allocate --> heap --> access to an address --> a turn ends? --> coherent_line --> from_modified
//                                                                             counted: verb, where, on account of what
//
// A transfer is counted by the word that was accessed, and by the word of the same line on whose account it is: the one with
// which another core took the line, or came to share it. Where they are not the same, the cores share the line and no word.
#pragma once

#include "cores/coherence.hpp"
#include "cores/observed_heap.hpp"
#include "cores/turns.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bench {

enum class core_verb : unsigned char { allocate, deallocate, write_payload };

/// Where the accesses go, from the parts of the control block on: of a chunk by what the running call is about.
enum class chunk_part : unsigned char { own_header, own_payload, header_above, other_chunk, written_payload };
inline constexpr std::size_t chunk_parts = 5;

/// One kind of transfer. `part` and `cause_part` count the parts of the control block first, of the same name
/// only the first, then the parts of chunks.
struct transfer_kind {
    core_verb verb{};
    bool is_past_lane = false;  ///< the call used the lock of the heap, or those of several lanes
    bool is_foreign = false;    ///< it frees what another core allocated
    traffic seen{};
    std::size_t part = 0;
    std::size_t offset = 0;  ///< in the part; 0 in chunks
    std::size_t cause_part = 0;
    std::size_t cause_offset = 0;
    bool is_same_word = false;

    auto operator<=>(const transfer_kind&) const = default;
};

/// Of all cores together.
struct call_counts {
    std::size_t calls = 0;
    std::size_t hits = 0;  ///< calls that used no lock but that of one lane
    std::size_t foreign = 0;
    std::size_t elsewhere = 0;  ///< accesses outside heap and stack: there should be none
};

/// What the calls that used no lock but that of one lane wrote, to words that other cores used too, and to lines of which they
/// used any word.
struct shared_stores {
    std::size_t to_words = 0;
    std::size_t to_lines = 0;
};

/// A payload, as whoever owns it knows it.
struct owned_payload {
    std::byte* payload = nullptr;
    std::size_t bytes = 0;
    std::size_t allocated_by = 0;
};

class simulation {
public:
    /// The heap is over the region. All accesses of the heap are the running core's from now on, until the simulation ends.
    simulation(core_turns& turns, observed_heap& heap, std::span<const std::byte> region);
    simulation(const simulation&) = delete;
    simulation& operator=(const simulation&) = delete;
    ~simulation();

    /// The simulation that accesses are told to; none: nullptr.
    static simulation* watching();

    // --- what the running core does ----------------------------------------------------------------------------------

    /// Nothing where there is no memory.
    std::optional<owned_payload> allocate(std::size_t bytes);
    void deallocate(const owned_payload& owned);
    /// Writes a byte of a payload.
    void write(std::byte* at, std::byte value);

    /// An access of the heap; those outside of a call are nobody's.
    void access(std::uintptr_t address, std::size_t bytes, access_kind how);

    // --- what was counted --------------------------------------------------------------------------------------------

    /// Counts from here on; what is in which cache stays.
    void forget_counts();

    const std::map<transfer_kind, std::size_t>& transfers() const { return transfers_; }
    const call_counts& counts() const { return counts_; }
    shared_stores stores_to_control_block() const { return stores_in(control_lines_); }
    /// A chunk that went through the heap from one core to another counts too.
    shared_stores stores_to_chunks() const { return stores_in(region_lines_); }
    std::string name_of(std::size_t part) const;

private:
    static constexpr std::size_t word_bytes = 8;
    static constexpr std::size_t words = line_bytes / word_bytes;
    static constexpr std::size_t none_yet = ~std::size_t{0};
    static constexpr std::size_t repeats_of_waiting = 3;  // who reads the same so often again waits for another core

    struct observed_line {
        coherent_line coherent{};
        std::uint8_t cause_word = 0;
        bool is_cause_written_payload = false;
        std::array<std::uint64_t, words> users{};       // of each word, a bit a core
        std::array<std::uint32_t, words> hit_stores{};  // by calls that used no lock but that of one lane
    };

    struct seen_transfer {
        std::uintptr_t word;
        std::uintptr_t cause_word;
        traffic seen;
        bool is_cause_written_payload;
    };

    /// What a core is in the middle of.
    struct call {
        bool is_running = false;
        core_verb verb{};
        bool is_past_lane = false;
        bool is_foreign = false;
        std::uintptr_t payload = 0;
        std::size_t payload_size = 0;
        std::size_t lane_lock = none_yet;  // the part that is the first such lock
        std::uintptr_t last = 0;           // what was accessed
        std::size_t repeats = 0;           // how often it was read again
        std::vector<seen_transfer> transfers;
        std::vector<std::uintptr_t> stores;
    };

    static shared_stores stores_in(const std::vector<observed_line>& lines);
    call& begin(core_verb verb);
    void end(call& done);
    void access_word(call& now, std::uintptr_t word, access_kind how);
    observed_line* line_at(std::uintptr_t word);
    void note_locks(call& now, std::uintptr_t word) const;
    transfer_kind kind_of(const call& done, const seen_transfer& each) const;
    std::size_t part_in(const call& about, std::uintptr_t word, bool is_written_payload) const;
    std::size_t named(std::size_t part) const { return part < parts_.size() ? first_of_name_[part] : part; }
    std::size_t offset_in(std::size_t part, std::uintptr_t word) const;

    core_turns& turns_;
    observed_heap& heap_;
    std::uintptr_t control_base_;
    std::uintptr_t region_base_;
    std::vector<control_part> parts_;
    std::vector<std::size_t> first_of_name_;  // of each part
    std::vector<std::size_t> part_of_word_;   // of each word of the control block
    std::vector<observed_line> control_lines_;
    std::vector<observed_line> region_lines_;
    std::vector<call> running_;
    std::map<transfer_kind, std::size_t> transfers_;
    call_counts counts_;
};

}  // namespace bench
