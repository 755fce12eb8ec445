//! Which alignment an instruction demands of its memory operand.
//!
//! The x86 rule is short. A 16-byte operand of a legacy-encoded SSE instruction has to be 16-aligned, unless the
//! instruction is one of a few that exist to read unaligned data. With VEX or EVEX encoding nothing has to be aligned,
//! except the operands of the moves that exist to be aligned, which need the operand's own width: 16, 32 or 64 bytes.
//! (Intel's manual, volume 2, chapter 2: the exception classes of SSE, VEX and EVEX instructions.)
//!
//! Encoding, instruction set and operand width come from the decoder's tables. That leaves three short lists here: the
//! instruction sets that the legacy rule is about, the instructions exempt from it, and the aligned moves. It is no list
//! of *all* SSE instructions, which would have to be complete to be right. Scalar and half-width operands (`addss`,
//! `movhps`, `pmovsxbw`, `cvtps2pd`), and all operands of MMX registers, drop out by their width. A test walks through
//! the opcode space and has the processor confirm every answer that it can: over 960 instructions on an AMD EPYC with AVX2.
//! That one takes any address in the seven SHA instructions; Intel's manual demands 16 bytes, and so does this module.
//!
//! Instructions of other sets that demand 16 bytes or more are included: `cmpxchg16b`, `fxsave` and the `xsave` family
//! (volume 2, in each instruction's entry). Demands of fewer than 16 bytes (`cmpccxadd`, RAO-INT) are not.

use iced_x86::{CpuidFeature, EncodingKind, Instruction, Mnemonic, OpKind};

/// Returns the alignment in bytes that the instruction demands of its explicit memory operand: 16, 32 or 64. `None` if it
/// has no such operand or takes any address.
pub fn required_alignment(instruction: &Instruction) -> Option<u64> {
    // Rules out `maskmovdqu`, whose 16 bytes at [rdi] are not written in the instruction, and take any address.
    if !instruction.op_kinds().any(|kind| kind == OpKind::Memory) {
        return None;
    }
    let width = instruction.memory_size().size() as u64;
    match instruction.encoding() {
        EncodingKind::Legacy => match instruction.mnemonic() {
            Mnemonic::Cmpxchg16b => Some(16),
            mnemonic if is_fxsave(mnemonic) => Some(16),
            mnemonic if is_xsave(mnemonic) => Some(64),
            mnemonic => {
                let sse = || instruction.cpuid_features().iter().any(is_legacy_sse);
                (width == 16 && sse() && !takes_any_address(mnemonic)).then_some(16)
            }
        },
        EncodingKind::VEX | EncodingKind::EVEX => is_aligned_move(instruction.mnemonic())
            .then_some(width)
            .filter(|&width| width >= 16),
        _ => None,
    }
}

/// The instruction sets with XMM operands in legacy encoding.
fn is_legacy_sse(feature: &CpuidFeature) -> bool {
    use CpuidFeature::{AES, GFNI, PCLMULQDQ, SHA, SSE, SSE2, SSE3, SSE4_1, SSE4_2, SSE4A, SSSE3};
    matches!(
        feature,
        SSE | SSE2 | SSE3 | SSSE3 | SSE4_1 | SSE4_2 | SSE4A | AES | PCLMULQDQ | SHA | GFNI
    )
}

/// Legacy instructions that read or write 16 bytes at any address.
fn takes_any_address(mnemonic: Mnemonic) -> bool {
    use Mnemonic::{
        Lddqu, Movdqu, Movupd, Movups, Pcmpestri, Pcmpestri64, Pcmpestrm, Pcmpestrm64, Pcmpistri,
        Pcmpistrm,
    };
    matches!(
        mnemonic,
        Movups
            | Movupd
            | Movdqu
            | Lddqu
            | Pcmpestri
            | Pcmpestri64
            | Pcmpestrm
            | Pcmpestrm64
            | Pcmpistri
            | Pcmpistrm
    )
}

/// Moves in VEX and EVEX encoding that demand their operand's width.
fn is_aligned_move(mnemonic: Mnemonic) -> bool {
    use Mnemonic::{
        Vmovapd, Vmovaps, Vmovdqa, Vmovdqa32, Vmovdqa64, Vmovntdq, Vmovntdqa, Vmovntpd, Vmovntps,
    };
    matches!(
        mnemonic,
        Vmovaps
            | Vmovapd
            | Vmovdqa
            | Vmovdqa32
            | Vmovdqa64
            | Vmovntps
            | Vmovntpd
            | Vmovntdq
            | Vmovntdqa
    )
}

fn is_fxsave(mnemonic: Mnemonic) -> bool {
    use Mnemonic::{Fxrstor, Fxrstor64, Fxsave, Fxsave64};
    matches!(mnemonic, Fxsave | Fxsave64 | Fxrstor | Fxrstor64)
}

fn is_xsave(mnemonic: Mnemonic) -> bool {
    use Mnemonic::{
        Xrstor, Xrstor64, Xrstors, Xrstors64, Xsave, Xsave64, Xsavec, Xsavec64, Xsaveopt,
        Xsaveopt64, Xsaves, Xsaves64,
    };
    matches!(
        mnemonic,
        Xsave
            | Xsave64
            | Xsavec
            | Xsavec64
            | Xsaveopt
            | Xsaveopt64
            | Xsaves
            | Xsaves64
            | Xrstor
            | Xrstor64
            | Xrstors
            | Xrstors64
    )
}

#[cfg(test)]
mod tests {
    use iced_x86::{Decoder, DecoderOptions};

    use super::*;

    fn alignment(bytes: &[u8]) -> Option<u64> {
        let instruction = Decoder::new(64, bytes, DecoderOptions::NONE).decode();
        assert!(!instruction.is_invalid(), "{bytes:02x?}");
        assert_eq!(instruction.len(), bytes.len());
        required_alignment(&instruction)
    }

    #[test]
    fn legacy_sse_needs_16_bytes() {
        assert_eq!(alignment(&[0x0f, 0x28, 0x07]), Some(16)); // movaps xmm0,[rdi]
        assert_eq!(alignment(&[0x0f, 0x29, 0x07]), Some(16)); // movaps [rdi],xmm0
        assert_eq!(alignment(&[0x66, 0x0f, 0xef, 0x07]), Some(16)); // pxor xmm0,[rdi]
        assert_eq!(alignment(&[0x66, 0x0f, 0x38, 0x00, 0x07]), Some(16)); // pshufb xmm0,[rdi]
        assert_eq!(alignment(&[0x66, 0x0f, 0x38, 0xdc, 0x07]), Some(16)); // aesenc xmm0,[rdi]
        assert_eq!(alignment(&[0x0f, 0x38, 0xcc, 0x07]), Some(16)); // sha256msg1 xmm0,[rdi]
        assert_eq!(alignment(&[0x66, 0x0f, 0x2d, 0x07]), Some(16)); // cvtpd2pi mm0,[rdi]
        assert_eq!(alignment(&[0x66, 0x0f, 0x38, 0x2a, 0x07]), Some(16)); // movntdqa xmm0,[rdi]
    }

    #[test]
    fn unaligned_scalar_and_mmx_operands_are_free() {
        assert_eq!(alignment(&[0x0f, 0x10, 0x07]), None); // movups xmm0,[rdi]
        assert_eq!(alignment(&[0xf3, 0x0f, 0x6f, 0x07]), None); // movdqu xmm0,[rdi]
        assert_eq!(alignment(&[0xf2, 0x0f, 0xf0, 0x07]), None); // lddqu xmm0,[rdi]
        assert_eq!(alignment(&[0x66, 0x0f, 0x3a, 0x63, 0x07, 0x00]), None); // pcmpistri xmm0,[rdi],0
        assert_eq!(alignment(&[0xf3, 0x0f, 0x58, 0x07]), None); // addss xmm0,[rdi]
        assert_eq!(alignment(&[0x0f, 0x16, 0x07]), None); // movhps xmm0,[rdi]
        assert_eq!(alignment(&[0x0f, 0xef, 0x07]), None); // pxor mm0,[rdi]
        assert_eq!(alignment(&[0x66, 0x0f, 0xef, 0xc1]), None); // pxor xmm0,xmm1
        assert_eq!(alignment(&[0x66, 0x0f, 0xf7, 0xc1]), None); // maskmovdqu xmm0,xmm1, which writes to [rdi]
    }

    #[test]
    fn vex_and_evex_moves_need_their_width() {
        assert_eq!(alignment(&[0xc5, 0xf8, 0x28, 0x07]), Some(16)); // vmovaps xmm0,[rdi]
        assert_eq!(alignment(&[0xc5, 0xfc, 0x28, 0x07]), Some(32)); // vmovaps ymm0,[rdi]
        assert_eq!(alignment(&[0xc5, 0xfd, 0xe7, 0x07]), Some(32)); // vmovntdq [rdi],ymm0
        assert_eq!(alignment(&[0x62, 0xf1, 0x7c, 0x48, 0x28, 0x07]), Some(64)); // vmovaps zmm0,[rdi]
        assert_eq!(alignment(&[0x62, 0xf1, 0x7d, 0x29, 0x6f, 0x07]), Some(32)); // vmovdqa32 ymm0{k1},[rdi]
        assert_eq!(alignment(&[0x62, 0xf1, 0xfd, 0x08, 0x7f, 0x07]), Some(16)); // vmovdqa64 [rdi],xmm0
        assert_eq!(alignment(&[0x62, 0xf2, 0x7d, 0x48, 0x2a, 0x07]), Some(64)); // vmovntdqa zmm0,[rdi]
    }

    #[test]
    fn other_vex_and_evex_operands_are_free() {
        assert_eq!(alignment(&[0xc5, 0xfc, 0x10, 0x07]), None); // vmovups ymm0,[rdi]
        assert_eq!(alignment(&[0xc5, 0xfd, 0xef, 0x07]), None); // vpxor ymm0,ymm0,[rdi]
        assert_eq!(alignment(&[0x62, 0xf1, 0x7d, 0x48, 0xef, 0x07]), None); // vpxord zmm0,zmm0,[rdi]
        assert_eq!(alignment(&[0x62, 0xf1, 0x7d, 0x58, 0xfe, 0x07]), None); // vpaddd zmm0,zmm0,[rdi]{1to16}
    }

    #[test]
    fn state_areas_and_wide_exchanges() {
        assert_eq!(alignment(&[0x48, 0x0f, 0xc7, 0x0f]), Some(16)); // cmpxchg16b [rdi]
        assert_eq!(alignment(&[0x0f, 0xc7, 0x0f]), None); // cmpxchg8b [rdi]
        assert_eq!(alignment(&[0x0f, 0xae, 0x07]), Some(16)); // fxsave [rdi]
        assert_eq!(alignment(&[0x48, 0x0f, 0xae, 0x2f]), Some(64)); // xrstor64 [rdi]
        assert_eq!(alignment(&[0x0f, 0xc7, 0x27]), Some(64)); // xsavec [rdi]
    }
}
