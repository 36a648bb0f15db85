// A heap as a picture of characters, drawn through a sink that takes one `char` at a time: a serial port will do.
//
//     heap map: 1 character = 4096 bytes   # in use   + mostly in use   - mostly free   . free   o cached
//     region 1
//     |#####+###o##+-....-##..........................................|
//     largest free chunk 94208 of 167936 free bytes: 43 % fragmented
//
// Guarantees: allocates nothing, uses no floating point; O(chunks); works on basic_heap, on locked_heap (whose picture is of
// several moments, see its for_each_chunk), and on what locked_heap::while_stopped shows.
#pragma once

#include <allot/base/align.hpp>
#include <allot/diagnostics/stats.hpp>
#include <allot/diagnostics/walk.hpp>

#include <cstddef>

namespace allot {

struct heap_map_options {
    std::size_t bytes_per_character = 0;  ///< 0: a power of two, chosen so that all regions fit `rows` rows
    std::size_t columns = 64;
    std::size_t rows = 16;
};

namespace detail {

/// Turns the chunks of a walk into characters.
template <class Sink>
class map_painter {
public:
    constexpr map_painter(Sink& sink, std::size_t bytes_per_character, std::size_t columns) noexcept
        : sink_(sink), cell_bytes_(bytes_per_character), columns_(columns) {}

    void text(const char* characters) {
        for (; *characters != '\0'; ++characters) sink_(*characters);
    }

    void number(std::size_t value) {
        if (value >= 10) number(value / 10);
        sink_(static_cast<char>('0' + value % 10));
    }

    /// Paints a chunk; one that does not start where the last one ended starts a new region.
    void chunk(const chunk_info& info) {
        if (info.payload != expected_) start_region();
        expected_ = static_cast<const char*>(info.payload) + info.bytes;
        for (std::size_t left = info.bytes; left != 0;) {
            const std::size_t room = cell_bytes_ - filled();
            const std::size_t part = left < room ? left : room;
            cell_[static_cast<unsigned char>(info.state)] += part;
            left -= part;
            if (filled() == cell_bytes_) end_cell();
        }
    }

    void end_region() {
        if (filled() != 0) end_cell();
        if (column_ != 0) end_row();
    }

private:
    static constexpr std::size_t state_count = 3;
    static constexpr auto in_use = static_cast<std::size_t>(chunk_state::in_use);
    static constexpr auto free = static_cast<std::size_t>(chunk_state::free);
    static constexpr auto cached = static_cast<std::size_t>(chunk_state::cached);

    std::size_t filled() const noexcept { return cell_[in_use] + cell_[free] + cell_[cached]; }

    void start_region() {
        end_region();
        text("region ");
        number(++region_);
        text("\n");
    }

    void end_cell() {
        if (column_ == 0) sink_('|');
        sink_(character());
        for (std::size_t& bytes : cell_) bytes = 0;
        if (++column_ == columns_) end_row();
    }

    char character() const noexcept {
        const std::size_t all = filled();
        if (cell_[in_use] == all) return '#';
        if (cell_[free] == all) return '.';
        if (cell_[cached] == all) return 'o';
        return cell_[in_use] >= all - cell_[in_use] ? '+' : '-';
    }

    void end_row() {
        for (; column_ != columns_; ++column_) sink_(' ');
        text("|\n");
        column_ = 0;
    }

    Sink& sink_;
    std::size_t cell_bytes_;
    std::size_t columns_;
    std::size_t column_ = 0;
    std::size_t region_ = 0;
    std::size_t cell_[state_count] = {};
    const void* expected_ = nullptr;
};

/// The smallest power of two with which `bytes` fit `cells` characters; at least `least`, which is one. Where that would be more
/// than a number can hold, the largest that it can.
constexpr std::size_t bytes_a_character(std::size_t bytes, std::size_t cells, std::size_t least) noexcept {
    constexpr std::size_t most = ~(~std::size_t{0} >> 1);
    const std::size_t needed = bytes / cells + (bytes % cells != 0 ? 1 : 0);
    std::size_t chosen = least;
    while (chosen < needed && chosen < most) chosen *= 2;
    return chosen;
}

/// How many characters there are in `rows` rows; all that a number can count, where that would wrap. 0 rows: one.
constexpr std::size_t cells_in(std::size_t rows, std::size_t columns) noexcept {
    if (rows == 0) return columns;
    return rows > ~std::size_t{0} / columns ? ~std::size_t{0} : rows * columns;
}

/// The least number that is `percent` percent of `whole`. Pre: at most 100, with which no step can wrap.
constexpr std::size_t share_of(std::size_t whole, std::size_t percent) noexcept {
    return whole / 100 * percent + (whole % 100 * percent + 99) / 100;
}

/// `part` of `whole` in percent, rounded down, at most 100. Nothing is 0 % of nothing.
constexpr std::size_t percent_of(std::size_t part, std::size_t whole) noexcept {
    std::size_t percent = 0;
    while (whole != 0 && percent < 100 && share_of(whole, percent + 1) <= part) ++percent;
    return percent;
}

}  // namespace detail

/// Draws the heap: a legend, each region, and what its fragmentation is: how much of what is free or cached could not be had in
/// one piece. `put_character(char)` is called in order.
template <class Heap, class Sink>
void draw_heap_map(const Heap& subject, Sink&& put_character, const heap_map_options& options = {}) {
    const heap_stats stats = subject.stats();
    const std::size_t columns = options.columns == 0 ? 1 : options.columns;
    const std::size_t cells = detail::cells_in(options.rows, columns);
    const std::size_t free_bytes = stats.free_bytes + stats.cached_bytes;
    const std::size_t cell_bytes = options.bytes_per_character != 0
                                       ? options.bytes_per_character
                                       : detail::bytes_a_character(stats.region_bytes, cells, Heap::default_alignment);
    detail::map_painter painter(put_character, cell_bytes, columns);
    painter.text("heap map: 1 character = ");
    painter.number(cell_bytes);
    painter.text(" bytes   # in use   + mostly in use   - mostly free   . free   o cached\n");
    subject.for_each_chunk([&](const chunk_info& info) { painter.chunk(info); });
    painter.end_region();
    painter.text("largest free chunk ");
    painter.number(stats.largest_free);
    painter.text(" of ");
    painter.number(free_bytes);
    painter.text(" free bytes: ");
    painter.number(free_bytes == 0 ? 0 : 100 - detail::percent_of(stats.largest_free, free_bytes));
    painter.text(" % fragmented\n");
}

}  // namespace allot
