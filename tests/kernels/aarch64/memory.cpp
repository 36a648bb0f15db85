// Where RAM is and how many cores there are: the device tree at the start of RAM, where QEMU's virt board puts it for
// a kernel without the Linux header (QEMU docs, "virt: Hardware configuration information for bare-metal programming").

#include "device_tree.hpp"
#include "machine.hpp"

extern "C" unsigned char kernel_begin[], kernel_end[];

namespace {

kernel::device_tree tree() noexcept { return kernel::device_tree(machine::memory_at<unsigned char>(0x40000000)); }

}  // namespace

kernel::memory_map machine::find_memory() noexcept {
    kernel::memory_map map;
    if (!tree().is_valid()) return map;
    tree().add_memory(map);
    map.reserve(tree().extent());
    map.reserve({address_of(kernel_begin), address_of(kernel_end) - address_of(kernel_begin)});
    return map;
}

unsigned machine::core_count() noexcept {
    const unsigned cores = tree().is_valid() ? tree().count_cores() : 1;
    return cores < max_cores ? cores : max_cores;
}
