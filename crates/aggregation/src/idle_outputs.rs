//! The outputs of permutations whose input is zero by layout.
//!
//! Idle lanes feed zeros to every permutation, whose outputs are `Perm(0)` and
//! not zero; the constraints subtract them.

use std::sync::LazyLock;

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::{Extension, F};
use sheaf_xmss::poseidon::Lanes;

use sheaf_xmss::layout::Width;

use crate::chain_ends::Fingerprint;

use crate::constraints::outputs::{Outputs, WeighedBlock};

// Constants, computed once.
static NARROW: LazyLock<[F; 16]> = LazyLock::new(|| {
    let mut state = [F::ZERO; 16];
    F::permute_narrow(&mut state);
    state
});
static WIDE: LazyLock<[F; 24]> = LazyLock::new(|| {
    let mut state = [F::ZERO; 24];
    F::permute_wide(&mut state);
    state
});

/// The permutation of zero.
fn of(width: Width) -> &'static [F] {
    match width {
        Width::Narrow => &*NARROW,
        Width::Wide => &*WIDE,
    }
}

/// `fp(0, Perm(0))`.
pub(crate) fn fingerprint<E: Extension>(width: Width, fingerprint: &Fingerprint<E>) -> E {
    let elements = fingerprint.elements.iter().zip(of(width));
    elements.map(|(&b, &x)| b * x).sum()
}

/// The weighted sum of the wired outputs of permutations of zero.
pub(crate) fn wired_sum<E: Extension>(outputs: &Outputs<E>) -> E {
    let of_block = |b: &WeighedBlock<E>| -> E {
        let rows: E = b.rows.iter().copied().sum();
        let outputs = of(b.block.slots.width).iter().skip(b.block.column);
        let elements: E = b.elements.iter().zip(outputs).map(|(&w, &x)| w * x).sum();
        rows * elements
    };
    outputs.blocks.iter().map(of_block).sum()
}
