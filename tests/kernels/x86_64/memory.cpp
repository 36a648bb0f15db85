// Where RAM is: the memory map that the PVH loader leaves. Source: hvm_start_info in Xen's public headers
// (arch-x86/hvm/start_info.h), version 1.

#include "hardware.hpp"

extern "C" std::uint64_t pvh_start_info;
extern "C" unsigned char kernel_begin[], kernel_end[];

namespace {

struct start_info {
    std::uint32_t magic;
    std::uint32_t version;
    std::uint32_t flags;
    std::uint32_t module_count;
    std::uint64_t modules;
    std::uint64_t command_line;
    std::uint64_t acpi_root;
    std::uint64_t memory_map;
    std::uint32_t memory_map_entries;
    std::uint32_t reserved;
};

struct memory_map_entry {
    std::uint64_t base;
    std::uint64_t bytes;
    std::uint32_t type;
    std::uint32_t reserved;
};

constexpr std::uint32_t start_info_magic = 0x336ec578;
constexpr std::uint32_t usable_ram = 1;

/// Page 0, so that no payload has the address null, and the page of the other cores' trampoline.
constexpr kernel::memory_range null_page = {0, 4096};
constexpr kernel::memory_range trampoline_page = {0x8000, 4096};

}  // namespace

kernel::memory_map machine::find_memory() noexcept {
    kernel::memory_map map;
    const auto* const info = memory_at<start_info>(pvh_start_info);
    if (info->magic != start_info_magic || info->version < 1) return map;
    const auto* const entries = memory_at<memory_map_entry>(info->memory_map);
    for (std::uint32_t i = 0; i < info->memory_map_entries; ++i) {
        if (entries[i].type == usable_ram) map.add({entries[i].base, entries[i].bytes});
    }
    map.reserve(null_page);
    map.reserve(trampoline_page);
    map.reserve({address_of(kernel_begin), address_of(kernel_end) - address_of(kernel_begin)});
    return map;
}
