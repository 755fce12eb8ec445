//! Cheats of the small scheme, at least one for every check that it has.

use core::cell::RefCell;
use std::collections::BTreeSet;

use p3_field::{Field, PrimeCharacteristicRing};
use sheaf_transcript::F;
use sheaf_xmss::TEST;
use sheaf_xmss::params::{CAPACITY, DIGEST};

use super::cheater::Talk;
use super::forger::{ELEMENT, HONEST, Place, Signer, decompose, forge, inverse_of, message_hash};
use super::{
    Cheat, MESSAGE, SLOT, add_one, digits, ends, has_sum, hooked, signer, wired_outputs,
    with_digits,
};
use crate::checks::Check;
use crate::constraints::ROW_COLUMNS;
use crate::constraints::digits::{digit_polynomials, top_digit_scale};
use crate::shape::{Columns, Shape};
use crate::strategy::Honest;
use crate::tweaks::element;
use crate::verify::verify;

/// Runs cheats and remembers what they broke.
#[derive(Default)]
struct Cheats {
    broken: RefCell<BTreeSet<Check>>,
    count: RefCell<usize>,
}

impl Cheats {
    fn add(&self, cheat: &Cheat) {
        cheat.check();
        self.broken.borrow_mut().extend(&cheat.breaks);
        *self.count.borrow_mut() += 1;
    }

    /// A cheat that is one change at one place.
    fn touch(&self, name: &str, signer: &Signer, at: Place, i: usize, breaks: Check) {
        let hook = add_one(at, i);
        let cheat = hooked(signer, &hook);
        let name = format!("{name}: element {i} of {at:?}");
        self.add(&Cheat::new(name, TEST, cheat, vec![breaks]));
    }
}

fn any(seed: u32) -> Signer<'static> {
    with_digits(&TEST, seed, SLOT, |_| true)
}

fn digits_of(signer: &Signer) -> Vec<usize> {
    digits(&TEST, &message_hash(&TEST, signer))
}

fn shape() -> Shape {
    Shape::with_lanes(TEST, 2, false)
}

/// Every check of the scheme without carries.
fn all_checks(shape: &Shape) -> BTreeSet<Check> {
    let mut all = BTreeSet::from([
        Check::Numerators,
        Check::Denominators,
        Check::Sum,
        Check::Rows,
        Check::Linear,
        Check::FirstCapacities,
        Check::End,
    ]);
    all.extend((0..shape.steps - 1).map(Check::Transition));
    all.extend((0..shape.digits).map(Check::Range));
    all.extend((0..shape.elements).map(Check::TopBit));
    all.extend((0..shape.elements).map(Check::Inverse));
    all.extend((0..wired_outputs(shape).count()).map(Check::Output));
    all.extend((0..ROW_COLUMNS).map(Check::RowValue));
    all.extend((0..16).map(Check::NarrowInput));
    all.extend((0..24).map(Check::WideInput));
    all
}

#[test]
fn every_check_is_needed() {
    let cheats = Cheats::default();
    let honest = Cheat::new("nothing".into(), TEST, any(1), vec![]);
    assert_eq!(honest.run(&[]), Some(Ok(())));

    chain_ends(&cheats);
    lengths(&cheats);
    transitions(&cheats);
    digit_ranges(&cheats);
    remainders(&cheats);
    outputs(&cheats);
    inputs(&cheats);
    claims(&cheats);

    let missing: Vec<_> = all_checks(&shape())
        .difference(&cheats.broken.borrow())
        .copied()
        .collect();
    assert_eq!(missing, [], "checks without a cheat");
    println!(
        "{} cheats rejected, each by the check that it breaks",
        cheats.count.borrow()
    );
}

/// Ends, marks and results that are not those of the chain steps.
fn chain_ends(cheats: &Cheats) {
    let one = F::ONE;
    let signer = any(2);
    let x = digits_of(&signer);
    for c in (0..TEST.chains).filter(|&c| x[c] < 7) {
        for j in [0, DIGEST - 1] {
            let hook = add_one(Place::ChainEnd(c), j);
            let mut cheat = Cheat::new(
                format!("the leaf absorbs another end of chain {c}"),
                TEST,
                hooked(&signer, &hook),
                vec![Check::Numerators],
            );
            let edit = |at: &Columns, cells: &mut [F]| cells[at.end_value + DIGEST * c + j] -= one;
            cheat.leaf_cells = Some(&edit);
            cheats.add(&cheat);
        }
    }
    // In the last row and in a row before the end of a chain the mark is free but for the fractions.
    let steps = shape().steps;
    let middle = (0..steps - 1)
        .find(|k| !ends(&x).contains(k))
        .expect("a row");
    for k in [steps - 1, middle] {
        let hook = add_one(Place::Mark(k), 0);
        let mut cheat = Cheat::new(
            format!("another mark in row {k}"),
            TEST,
            hooked(&signer, &hook),
            vec![Check::Numerators],
        );
        let edit = |at: &Columns, cells: &mut [F]| cells[at.chain_end + k] -= one;
        cheat.leaf_cells = Some(&edit);
        cheats.add(&cheat);
    }
    // The only step of a chain, at another step's position. The leaves are made as if it were not.
    let signer = with_digits(&TEST, 3, SLOT, |x| x[0] == 6);
    let hook = add_one(Place::Position(0), 0);
    let mut cheat = Cheat::new(
        "a chain of one step, of another chain".into(),
        TEST,
        hooked(&signer, &hook),
        vec![Check::Numerators],
    );
    let edit = |at: &Columns, cells: &mut [F]| cells[at.chain_position] -= one;
    cheat.leaf_cells = Some(&edit);
    cheats.add(&cheat);
}

/// Chains that are walked further or less far than their digits say.
fn lengths(cheats: &Cheats) {
    let one = F::ONE;
    let mut signer = with_digits(&TEST, 4, SLOT, |x| {
        (1..7).contains(&x[0]) && (1..6).contains(&x[2])
    });
    let mut lengths: Vec<usize> = digits_of(&signer).iter().map(|x| 7 - x).collect();
    lengths[0] += 1;
    lengths[2] -= 1;
    signer.lengths = Some(lengths);
    let mut cheat = Cheat::new(
        "one chain takes a step of another".into(),
        TEST,
        signer,
        vec![Check::Denominators],
    );
    let edit = |at: &Columns, cells: &mut [F]| {
        cells[at.digit] -= one;
        cells[at.digit + 2] += one;
    };
    cheat.leaf_cells = Some(&edit);
    cheats.add(&cheat);

    cheats.add(&Cheat::new(
        "digits with too large a sum".into(),
        TEST,
        wrong_sum(5),
        vec![Check::Sum],
    ));
}

/// A signer whose digits sum to one more than they should: a forger saves a step.
fn wrong_sum(seed: u32) -> Signer<'static> {
    signer(&TEST, seed, SLOT, HONEST, |hash| {
        has_sum(&digits(&TEST, hash), TEST.target_sum + 1)
    })
}

/// Steps that do not continue the step before.
fn transitions(cheats: &Cheats) {
    for k in 0..shape().steps - 1 {
        let signer = with_digits(&TEST, 6, SLOT, |x| !ends(x).contains(&k));
        cheats.touch(
            "a chain begins anew",
            &signer,
            Place::Value(k + 1),
            k % DIGEST,
            Check::Transition(k),
        );
        // All steps of the chain up to k are one position behind, so one position is left out.
        let first = ends(&digits_of(&signer))
            .iter()
            .filter(|&&end| end < k)
            .map(|end| end + 1)
            .max()
            .unwrap_or(0);
        let hook = move |place: Place, values: &mut [F]| {
            if (first..=k).any(|row| place == Place::Position(row)) {
                values[0] -= F::ONE;
            }
        };
        cheats.add(&Cheat::new(
            format!("a chain leaves out a position after row {k}"),
            TEST,
            hooked(&signer, &hook),
            vec![Check::Transition(k)],
        ));
    }
}

/// Digits beyond 0 to 7.
fn digit_ranges(cheats: &Cheats) {
    // Digit c is negative and its chain longer than a chain can be; all later chains have no steps.
    let longer: [[i64; 4]; 4] = [[-15, 7, 7, 7], [0, -8, 7, 7], [0, 0, -1, 7], [4, 3, 0, -1]];
    for (c, wanted) in longer.into_iter().enumerate() {
        let value: i64 = wanted.iter().rev().fold(0, |v, x| 8 * v + x);
        let borrow = i64::from(value < 0);
        let low = (value + 4096 * borrow) as u32;
        let mut signer = signer(&TEST, 7, SLOT, HONEST, |hash| {
            let d = hash[0] / 127;
            d % 4096 == low && d >> 12 & 7 < 8 - borrow as u32
        });
        // The fraction of the chain, which is the last one with steps, counts this often.
        let [_, is_top] = digit_polynomials(F::from_i64(wanted[c]), top_digit_scale());
        let last = Place::Mark(shape().steps - 1);
        let hook = move |place: Place, values: &mut [F]| {
            if place == Place::Element(0) {
                for (digit, x) in values.iter_mut().zip(wanted) {
                    *digit = F::from_i64(x);
                }
                values[4] += F::from_i64(borrow);
            } else if place == last {
                values[0] = F::ONE - is_top;
            }
        };
        signer.lengths = Some(wanted.iter().map(|x| (7 - x) as usize).collect());
        cheats.add(&Cheat::new(
            format!("digit {c} of a codeword is {}", wanted[c]),
            TEST,
            hooked(&signer, &hook),
            vec![Check::Range(c)],
        ));
    }
    // What is not part of the codeword makes up for another codeword.
    for i in 4..10 {
        hidden_codeword(cheats, i, Check::Range(i));
    }
}

/// A forger says that the codeword is 6, 0, 0, 0, and makes up for it in entry `i` of the element.
fn hidden_codeword(cheats: &Cheats, i: usize, check: Check) {
    let hook = move |place: Place, values: &mut [F]| {
        if place == Place::Element(0) {
            let whole = recompose(values);
            values[..4].copy_from_slice(&[6, 0, 0, 0].map(element));
            values[i] = F::ZERO;
            values[i] = (whole - recompose(values)) * place_value(i).inverse();
            values[11] = inverse_of(values);
        }
    };
    let signer = signer(&TEST, 8, SLOT, HONEST, |_| true);
    let name = format!("another codeword, made up for by entry {i}");
    cheats.add(&Cheat::new(name, TEST, hooked(&signer, &hook), vec![check]));
}

/// The factor of an entry of an element: digits of the quotient, then low, mid and top of the remainder.
fn place_value(i: usize) -> F {
    match i {
        0..8 => element(127) * element(8).exp_u64(i as u64),
        8 => F::ONE,
        9 => element(8),
        _ => element(64),
    }
}

fn recompose(values: &[F]) -> F {
    (0..11).map(|i| place_value(i) * values[i]).sum()
}

/// Remainders that are not below 127.
fn remainders(cheats: &Cheats) {
    hidden_codeword(cheats, 10, Check::TopBit(0));
    // 127 d = 127 (d - 1) + 127: every multiple of 127 would have a second codeword, and p - 1 a first one.
    let signer = signer(&TEST, 9, SLOT, HONEST, |hash| {
        hash[0] > 0
            && hash[0].is_multiple_of(127)
            && has_sum(&digits(&TEST, &[hash[0] - 127]), TEST.target_sum)
    });
    let multiple = message_hash(&TEST, &signer)[0];
    let hook = move |place: Place, values: &mut [F]| {
        if place == Place::Element(0) {
            let lower: [F; ELEMENT] = decompose(multiple - 127);
            values[..8].copy_from_slice(&lower[..8]);
            values[8..].copy_from_slice(&[7, 7, 1, 0].map(element));
        }
    };
    cheats.add(&Cheat::new(
        "a remainder of 127".into(),
        TEST,
        hooked(&signer, &hook),
        vec![Check::Inverse(0)],
    ));
    let name = "a false inverse";
    cheats.touch(name, &any(10), Place::Element(0), 11, Check::Inverse(0));
}

/// A cheat in the message hash, whose digits have to be valid all the same.
fn touch_message(cheats: &Cheats, name: &str, at: Place, i: usize, breaks: Check) {
    let hook = add_one(at, i);
    let cheat = signer(&TEST, 11, SLOT, &hook, |hash| {
        has_sum(&digits(&TEST, hash), TEST.target_sum)
    });
    let name = format!("{name}: element {i} of {at:?}");
    cheats.add(&Cheat::new(name, TEST, cheat, vec![breaks]));
}

/// Cells that are not the outputs that feed them.
fn outputs(cheats: &Cheats) {
    let signer = any(12);
    for (i, (slot, column)) in wired_outputs(&shape()).enumerate() {
        let (at, check) = (Place::WideOutput(slot), Check::Output(i));
        if slot == Shape::MESSAGE_SLOT {
            touch_message(cheats, "another output", at, column, check);
        } else {
            cheats.touch("another output", &signer, at, column, check);
        }
    }
    for j in 0..CAPACITY {
        let name = "another capacity before the first key";
        cheats.touch(name, &signer, Place::KeyCapacity, j, Check::FirstCapacities);
    }
}

/// Permutations of other inputs than the cells and public columns that they are wired to.
fn inputs(cheats: &Cheats) {
    let shape = shape();
    let signer = any(13);
    for j in 0..16 {
        for k in [0, 7, shape.steps - 1] {
            let (at, check) = (Place::StepInput(k), Check::NarrowInput(j));
            cheats.touch("another input", &signer, at, j, check);
        }
    }
    let sponge = (0..shape.sponge).map(|t| shape.sponge_slot(t));
    let nodes = [1, 2, shape.height].map(|level| shape.node_slot(level));
    let slots: Vec<usize> = sponge.chain(nodes).chain([shape.key_slot()]).collect();
    for j in 0..24 {
        let check = Check::WideInput(j);
        let message = Place::WideInput(Shape::MESSAGE_SLOT);
        touch_message(cheats, "another input", message, j, check);
        for &slot in &slots {
            cheats.touch("another input", &signer, Place::WideInput(slot), j, check);
        }
    }
}

/// False claims on the way from the constraints to the columns. What is false at first is the sum of the digits.
fn claims(cheats: &Cheats) {
    let cheat = |seed: u32, talk: Talk, breaks: Check| {
        let name = format!("{breaks:?} hides a false sum");
        let mut cheat = Cheat::new(name, TEST, wrong_sum(seed), vec![breaks]);
        cheat.talk = talk;
        cheat
    };
    cheats.add(&cheat(20, Talk::Truth, Check::Rows));
    cheats.add(&cheat(20, Talk::TrueOutputs, Check::Linear));
    // The carries of rows have no weight in this scheme: a proof could be altered, but nothing false proved.
    for i in 0..ROW_COLUMNS - 2 {
        let solvable = (20..60)
            .map(|seed| cheat(seed, Talk::SolveRow(i), Check::RowValue(i)))
            .find(|cheat| cheat.run(&[]).is_some());
        cheats.add(&solvable.expect("an equation with a solution"));
    }
    for i in ROW_COLUMNS - 2..ROW_COLUMNS {
        let name = "a carry where there is none".into();
        let mut cheat = Cheat::new(name, TEST, any(20), vec![Check::RowValue(i)]);
        cheat.talk = Talk::ShiftRow(i);
        cheats.add(&cheat);
    }
    cheats.add(&Cheat::new(
        "one element too many".into(),
        TEST,
        any(20),
        vec![Check::End],
    ));
}

#[test]
fn a_false_cell_of_any_column_is_rejected() {
    let signers = [any(1), any(2), any(3)];
    let mut forgery = forge(TEST, &[(SLOT, MESSAGE)], &signers);
    for column in 0..shape().columns.count {
        let lane = column % signers.len();
        forgery.witness = forgery.with_cells(lane, |cells| cells[column] += F::ONE);
        let proof = forgery.prove(&Honest);
        assert!(
            verify(&forgery.statement, 1, &proof).is_err(),
            "column {column} of lane {lane}"
        );
    }
}
