# A string that is read bytewise, behind one that moves it to an odd address.
    .section .rodata.str1.1, "aMS", @progbits, 1
.Lshort:
    .string "x"
.Lstring:
    .string "fifteen letters"

    .text
    .globl read_words
    .type read_words, @function
read_words:
    movzbl .Lshort(%rip), %eax
    addq .Lstring(%rip), %rax
    ret
    .size read_words, . - read_words
    .section .note.GNU-stack, "", @progbits
