# The same 32 bytes as in words.s, read with one aligned AVX load: these have to be 32-aligned, and say so.
    .section .rodata.cst32, "aM", @progbits, 32
    .p2align 5
.Lvector:
    .quad 1, 1, 0, 1

    .text
    .globl read_vector
    .type read_vector, @function
read_vector:
    vmovaps .Lvector(%rip), %ymm0
    vmovq %xmm0, %rax
    vzeroupper
    ret
    .size read_vector, . - read_vector
    .section .note.GNU-stack, "", @progbits
