# The same string as in string_words.s, 16-aligned because it is read with one aligned SSE load.
    .section .rodata.str1.16, "aMS", @progbits, 1
    .p2align 4
.Lstring:
    .string "fifteen letters"

    .text
    .globl read_vector
    .type read_vector, @function
read_vector:
    movaps .Lstring(%rip), %xmm0
    movq %xmm0, %rax
    ret
    .size read_vector, . - read_vector
    .section .note.GNU-stack, "", @progbits
