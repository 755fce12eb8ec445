# Memory operands of every form that the checker tells apart. `area` is 64-aligned; the offsets make its operands too little
# aligned, or just enough.
    .data
    .p2align 6
area:
    .zero 256

    .text
    .type legacy, @function
legacy:
    movaps area+8(%rip), %xmm0          # flagged
    pxor area+20(%rip), %xmm1           # flagged
    movntps %xmm2, area+1(%rip)         # flagged
    paddd area+16(%rip), %xmm3
    movups area+8(%rip), %xmm0
    addss area+4(%rip), %xmm1
    pcmpistri $0, area+8(%rip), %xmm2
    ret
    .size legacy, . - legacy
# The first byte of an instruction that is never completed: decoding has to begin anew at the next symbol.
    .byte 0xc5

    .type vex, @function
vex:
    vmovaps area+8(%rip), %xmm0         # flagged
    vmovdqa area+16(%rip), %ymm1        # flagged
    vmovntdq %ymm2, area+48(%rip)       # flagged
    vmovapd area+32(%rip), %ymm3
    vmovups area+8(%rip), %ymm0
    vpxor area+8(%rip), %ymm1, %ymm1
    ret
    .size vex, . - vex

    .type evex, @function
evex:
    vmovdqa64 area+32(%rip), %zmm0      # flagged
    vmovaps area+16(%rip), %ymm16       # flagged
    vmovapd area+8(%rip), %xmm17{%k1}   # flagged
    vmovntdqa area+64(%rip), %zmm1
    vmovdqu64 area+8(%rip), %zmm0
    vpaddd area+8(%rip), %zmm1, %zmm1
    ret
    .size evex, . - evex

# The name that Rust gives to `shapes::area`. A label inside does not hide it.
    .type _ZN6shapes4area17h0123456789abcdefE, @function
_ZN6shapes4area17h0123456789abcdefE:
    nop
inner:
    lock cmpxchg16b area+8(%rip)        # flagged
    movaps area+16(%rip), %xmm0
    ret
    .size _ZN6shapes4area17h0123456789abcdefE, . - _ZN6shapes4area17h0123456789abcdefE

    .type unknown, @function
unknown:
    leaq area+8(%rip), %rax
    movaps (%rax), %xmm0
    movaps %fs:area+8(%rip), %xmm0
    movaps 8, %xmm0                     # in no segment
    maskmovdqu %xmm0, %xmm1
    ret
    .size unknown, . - unknown

.ifdef ABSOLUTE
    .type absolute, @function
absolute:
    movaps area+8, %xmm0                # flagged
    pxor area+16, %xmm1
    movaps %fs:8, %xmm0
    movaps area+8(,%rax,8), %xmm0
    ret
    .size absolute, . - absolute
.endif
    .section .note.GNU-stack, "", @progbits
