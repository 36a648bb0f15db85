// Where RAM is and how many harts there are: the device tree whose address the reset vector leaves in a1.

#include "device_tree.hpp"
#include "machine.hpp"

#include "harts.hpp"

extern "C" unsigned char kernel_begin[], kernel_end[];

kernel::memory_map machine::find_memory() noexcept {
    kernel::memory_map map;
    const kernel::device_tree tree(device_tree_blob);
    if (!tree.is_valid()) return map;
    tree.add_memory(map);
    map.reserve(tree.extent());
    map.reserve({address_of(kernel_begin), address_of(kernel_end) - address_of(kernel_begin)});
    return map;
}

unsigned machine::core_count() noexcept {
    const kernel::device_tree tree(device_tree_blob);
    const unsigned harts = tree.is_valid() ? tree.count_cores() : 1;
    return harts < max_cores ? harts : max_cores;
}
