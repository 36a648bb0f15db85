/* The way from power-on to C++ on x86_64.
 *
 *   boot core    PVH loader --> pvh_start (32 bit) --\
 *   other cores  SIPI --> trampoline (16 bit) --> trampoline_protected (32 bit) --> enter_long_mode --> C++
 *
 * PVH: https://xenbits.xen.org/docs/unstable/misc/pvh.html (x86/HVM direct boot ABI). The long mode switch:
 * Intel SDM volume 3, 10.8.5 "Initializing IA-32e Mode". The trampoline: SDM volume 3, 9.4 "Multiple-Processor
 * Initialization".
 */

        .set    CODE_64, 0x08
        .set    DATA,    0x10
        .set    CODE_32, 0x18
        .set    TRAMPOLINE, 0x8000              /* a page below 1 MiB: a SIPI starts a core in real mode */

/* The ELF note that tells the loader the 32-bit entry: type 18, XEN_ELFNOTE_PHYS32_ENTRY. */
        .section .note.Xen, "a", @note
        .balign 4
        .long   4, 8, 18
        .asciz  "Xen"
        .quad   pvh_start

/* Identity map of the first 4 GiB: all RAM, and the local APIC at 0xfee00000. Present, writable, 2 MiB pages; the
 * memory type of the device range comes from the MTRRs. */
        .data
        .balign 4096
page_map:
        .quad   page_pointers + 3
        .fill   511, 8, 0
page_pointers:
        .set    directory, 0
        .rept   4
        .quad   page_directories + directory * 4096 + 3
        .set    directory, directory + 1
        .endr
        .fill   508, 8, 0
page_directories:
        .set    page, 0
        .rept   4 * 512
        .quad   page | 0x83
        .set    page, page + 0x200000
        .endr

        .balign 8
descriptors:
        .quad   0
        .quad   0x00af9a000000ffff              /* 64-bit code */
        .quad   0x00cf92000000ffff              /* data, 4 GiB flat */
        .quad   0x00cf9a000000ffff              /* 32-bit code, 4 GiB flat */
descriptors_end:

descriptor_pointer:
        .word   descriptors_end - descriptors - 1
        .quad   descriptors

        .globl  pvh_start_info
pvh_start_info:
        .quad   0

/* Entered in protected mode with flat segments, paging off, interrupts off, %ebx = address of hvm_start_info. */
        .text
        .code32
        .globl  pvh_start
pvh_start:
        cld
        movl    %ebx, pvh_start_info
        lgdt    descriptor_pointer

enter_long_mode:
        movl    %cr4, %eax
        orl     $0x20, %eax                     /* CR4.PAE: long mode has no other paging */
        movl    %eax, %cr4
        movl    $page_map, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx               /* IA32_EFER */
        rdmsr
        orl     $0x100, %eax                    /* LME */
        wrmsr
        movl    %cr0, %eax
        orl     $0x80010000, %eax               /* PG turns long mode on; WP lets read-only pages be so for us too */
        movl    %eax, %cr0
        ljmp    $CODE_64, $in_long_mode

        .code64
in_long_mode:
        movl    $DATA, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        xorl    %eax, %eax
        movl    %eax, %fs
        movl    %eax, %gs
        movl    $0xfee00020, %eax               /* local APIC ID register: which core this is */
        movl    (%rax), %edi
        shrl    $24, %edi
        leal    1(%rdi), %eax
        imull   $ALLOT_TEST_STACK_BYTES, %eax
        leaq    core_stacks(%rax), %rsp
        xorl    %ebp, %ebp
        call    start_core                      /* start_core(core), never returns */
1:      hlt
        jmp     1b

/* Copied to TRAMPOLINE by start_cores(). Entered in real mode with cs = TRAMPOLINE >> 4. */
        .section .rodata
        .code16
        .globl  trampoline
trampoline:
        cli
        cld
        xorw    %ax, %ax
        movw    %ax, %ds
        lgdtl   TRAMPOLINE + (trampoline_pointer - trampoline)
        movl    %cr0, %eax
        orl     $1, %eax                        /* PE */
        movl    %eax, %cr0
        ljmpl   $CODE_32, $trampoline_protected
        .balign 4
trampoline_pointer:
        .word   descriptors_end - descriptors - 1
        .long   descriptors
        .globl  trampoline_end
trampoline_end:

        .text
        .code32
trampoline_protected:
        movl    $DATA, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        jmp     enter_long_mode

        .section .note.GNU-stack, "", @progbits
