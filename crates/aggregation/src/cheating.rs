//! Provers that commit to false cells and otherwise follow the protocol.

use p3_field::{PackedValue, PrimeCharacteristicRing};
use sheaf_transcript::F;
use sheaf_xmss::one_slot::sign_once;
use sheaf_xmss::{PROD, Scheme, Signature, TEST};

use crate::prove::prove_with;
use crate::shape::Shape;
use crate::statement::{Group, Statement};
use crate::witness::Witness;
use crate::{Scratch, verify};

const MESSAGE: [u8; 32] = [7; 32];

/// Proves `count` signatures with a falsified witness; whether the proof is accepted.
fn accepted(
    scheme: Scheme,
    slot: u32,
    count: u8,
    falsify: impl FnOnce(&Shape, &mut Witness),
) -> bool {
    let (keys, signatures): (Vec<_>, Vec<Signature>) = (0..count)
        .map(|i| sign_once(&scheme, &[i; 32], slot, &MESSAGE).expect("the slot is in range"))
        .unzip();
    let group = Group {
        slot,
        message: MESSAGE,
        keys,
    };
    let (statement, order) = Statement::new(scheme, vec![group]).expect("a sound group");
    let lanes: Vec<&Signature> = order.iter().map(|&(_, key)| &signatures[key]).collect();
    let proof = prove_with(
        &statement,
        &lanes,
        1,
        &mut Scratch::default(),
        |_| Ok(()),
        falsify,
    )
    .expect("the signatures are valid");
    verify(&statement, 1, &proof).is_ok()
}

/// Adds one to a cell of a lane.
fn add_one(shape: &Shape, witness: &mut Witness, column: usize, lane: usize) {
    use sheaf_transcript::PF;
    let cell = &mut witness.cells[lane / PF::WIDTH * shape.columns.count + column];
    cell.as_slice_mut()[lane % PF::WIDTH] += F::ONE;
}

#[test]
fn a_false_cell_of_any_column_is_rejected() {
    assert!(accepted(TEST, 3, 3, |_, _| {}));
    let shape = Shape::with_lanes(TEST, 3, false);
    for column in 0..shape.columns.count {
        let lane = column % 3;
        assert!(
            !accepted(TEST, 3, 3, |shape, w| add_one(shape, w, column, lane)),
            "column {column} of lane {lane}"
        );
    }
}

#[test]
fn a_false_carry_is_rejected() {
    // At this slot the first step carries not and all others do.
    let slot = 32_639;
    assert!(accepted(PROD, slot, 1, |_, _| {}));
    let shape = Shape::with_lanes(PROD, 1, true);
    for k in [0, 1, 60, 121] {
        let column = shape.columns.carry + k;
        assert!(!accepted(PROD, slot, 1, |shape, w| add_one(
            shape, w, column, 0
        )));
    }
}
