/* The way from power-on to C++ on riscv64, QEMU's virt board without firmware (-bios none).
 *
 *   every hart --> start (M-mode): a0 = hart, a1 = device tree --> C++; all but hart 0 wait there to be released
 *
 * Source: QEMU hw/riscv/boot.c (the reset vector), RISC-V ELF psABI (gp and relaxation).
 */

        .section .text.start, "ax"
        .globl  start
start:
        /* gp before anything that the linker may relax to be relative to it, this load included. */
        .option push
        .option norelax
        la      gp, __global_pointer$
        .option pop

        /* FS = initial: an interrupt handler of the compiler saves the floating-point registers too, and traps
         * if they are off. */
        li      t0, 0x2000
        csrs    mstatus, t0
        la      t0, trap_entry
        csrw    mtvec, t0

        li      t0, ALLOT_TEST_STACK_BYTES
        addi    t1, a0, 1
        mul     t0, t0, t1
        la      sp, core_stacks
        add     sp, sp, t0
        mv      s0, zero
        call    start_core                      /* start_core(hart, device tree), never returns */
1:      wfi
        j       1b

        .section .note.GNU-stack, "", %progbits
