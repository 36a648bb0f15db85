/* The way from power-on to C++ on aarch64, QEMU's virt board.
 *
 *   boot core    --> start            (EL1, MMU off)  \
 *   other cores  PSCI CPU_ON --> start                 --> MMU on --> C++
 *
 * Source: Arm Architecture Reference Manual for A-profile (DDI 0487), D8 "The AArch64 Virtual Memory System
 * Architecture" and D1.4 "Exceptions".
 */

        .section .text.start, "ax"
        .globl  start
start:
        mrs     x19, mpidr_el1
        and     x19, x19, #0xff                 /* which core this is */

        /* Exclusive loads and stores, which every lock is made of, are promised for Normal memory only, and with the
         * MMU off all memory is Device: so the MMU comes first. */
        ldr     x0, =memory_types
        msr     mair_el1, x0
        ldr     x0, =translation_control
        msr     tcr_el1, x0
        adrp    x0, page_table
        add     x0, x0, :lo12:page_table
        msr     ttbr0_el1, x0
        isb
        mrs     x0, sctlr_el1
        mov     x1, #0x1007                     /* I and C: caches, A: no misaligned access, M: MMU */
        orr     x0, x0, x1
        msr     sctlr_el1, x0
        isb

        ldr     x0, =vectors
        msr     vbar_el1, x0
        mov     x1, #ALLOT_TEST_STACK_BYTES
        add     x0, x19, #1
        mul     x0, x0, x1
        ldr     x1, =core_stacks
        add     x0, x0, x1
        mov     sp, x0
        mov     x29, xzr
        mov     x0, x19
        bl      start_core                      /* start_core(core), never returns */
1:      wfi
        b       1b

        .set    memory_types, 0xff00            /* type 0: Device-nGnRnE; type 1: Normal, write-back */
        /* T0SZ: 32-bit addresses; walks cached, inner shareable; 4 KiB granule; no TTBR1 (EPD1) */
        .set    translation_control, 32 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23

/* Level 1, 1 GiB blocks, identity: devices in the first, RAM from 0x40000000 on. Block descriptor: valid (1), type in
 * bits 2-4, inner shareable (3 << 8), access flag (1 << 10), not executable (3 << 53). */
        .section .rodata
        .balign 4096
page_table:
        .quad   0x00000000 | 1 | 0 << 2 | 1 << 10 | 3 << 53
        .quad   0x40000000 | 1 | 1 << 2 | 3 << 8 | 1 << 10
        .quad   0x80000000 | 1 | 1 << 2 | 3 << 8 | 1 << 10
        .quad   0xc0000000 | 1 | 1 << 2 | 3 << 8 | 1 << 10

/* Sixteen entries of 128 bytes. Four are for exceptions taken from EL1 on its own stack pointer: synchronous, IRQ, FIQ,
 * SError. The others cannot happen here, and are reported if they do. */
        .text
        .macro  fatal_entry number
        .balign 128
        mov     x0, #\number
        mrs     x1, esr_el1
        mrs     x2, elr_el1
        mrs     x3, far_el1
        b       report_exception
        .endm

        .balign 2048
vectors:
        .irp    number, 0, 1, 2, 3, 4
        fatal_entry \number
        .endr
        .balign 128
        b       interrupt_entry
        .irp    number, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
        fatal_entry \number
        .endr

/* Keeps what a C++ function may change; the rest it keeps itself. Interrupts stay off until eret. */
interrupt_entry:
        stp     x0, x1, [sp, #-176]!
        stp     x2, x3, [sp, #16]
        stp     x4, x5, [sp, #32]
        stp     x6, x7, [sp, #48]
        stp     x8, x9, [sp, #64]
        stp     x10, x11, [sp, #80]
        stp     x12, x13, [sp, #96]
        stp     x14, x15, [sp, #112]
        stp     x16, x17, [sp, #128]
        stp     x18, x29, [sp, #144]
        str     x30, [sp, #160]
        bl      handle_interrupt
        ldp     x2, x3, [sp, #16]
        ldp     x4, x5, [sp, #32]
        ldp     x6, x7, [sp, #48]
        ldp     x8, x9, [sp, #64]
        ldp     x10, x11, [sp, #80]
        ldp     x12, x13, [sp, #96]
        ldp     x14, x15, [sp, #112]
        ldp     x16, x17, [sp, #128]
        ldp     x18, x29, [sp, #144]
        ldr     x30, [sp, #160]
        ldp     x0, x1, [sp], #176
        eret

        .section .note.GNU-stack, "", %progbits
