//! Cheats of the small scheme, at least one for every check that it has.

use core::cell::RefCell;
use std::collections::BTreeSet;

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use sheaf_transcript::F;
use sheaf_xmss::layout::Width;
use sheaf_xmss::{COMPACT, COMPACT_TEST, Scheme, TEST};

use super::cheater::Talk;
use super::forger::{
    ELEMENT, HONEST, Place, Signer, decompose, forge, inverse_of, message_hash, split,
};
use super::{
    Cheat, MESSAGE, SLOT, add_one, digits, ends, has_sum, hooked, input_check, input_place, signer,
    wired_outputs, with_digits,
};
use crate::checks::Check;
use crate::constraints::ROW_COLUMNS;
use crate::constraints::digits::{digit_polynomials, top_digit_scale};
use crate::shape::{Columns, Shape};
use crate::strategy::Honest;
use crate::streams::CAPACITY;
use crate::tweaks::element;
use crate::verify::verify;

/// Runs cheats and remembers what they broke.
struct Cheats {
    scheme: Scheme,
    broken: RefCell<BTreeSet<Check>>,
    count: RefCell<usize>,
}

impl Cheats {
    const fn new(scheme: Scheme) -> Self {
        Self {
            scheme,
            broken: RefCell::new(BTreeSet::new()),
            count: RefCell::new(0),
        }
    }

    fn shape(&self) -> Shape {
        shape(self.scheme)
    }

    fn digest(&self) -> usize {
        self.scheme.sizes.digest
    }

    fn any(&self, seed: u32) -> Signer<'static> {
        self.with_digits(seed, |_| true)
    }

    fn with_digits(&self, seed: u32, suits: impl Fn(&[usize]) -> bool) -> Signer<'static> {
        with_digits(&self.scheme, seed, SLOT, suits)
    }

    fn digits_of(&self, signer: &Signer) -> Vec<usize> {
        let hash = message_hash(&self.scheme, &self.shape().calls, signer);
        digits(&self.scheme, &hash)
    }

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
        self.add(&Cheat::new(name, self.scheme, cheat, vec![breaks]));
    }
}

fn shape(scheme: Scheme) -> Shape {
    Shape::with_lanes(scheme, 2, false)
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
    for width in [Width::Narrow, Width::Wide] {
        if shape.calls.slots(width) > 0 {
            all.extend((0..width.elements()).map(|j| input_check(width, j)));
        }
    }
    all
}

#[test]
fn every_check_is_needed() {
    every_check_of(TEST);
}

#[test]
fn every_check_of_compact_signatures_is_needed() {
    every_check_of(COMPACT_TEST);
}

fn every_check_of(scheme: Scheme) {
    let cheats = Cheats::new(scheme);
    let honest = Cheat::new("nothing".into(), scheme, cheats.any(1), vec![]);
    assert_eq!(honest.run(&[]), Some(Ok(())));

    chain_ends(&cheats);
    lengths(&cheats);
    transitions(&cheats);
    digit_ranges(&cheats);
    remainders(&cheats);
    outputs(&cheats);
    step_feed_forward(&cheats);
    inputs(&cheats);
    claims(&cheats);

    let missing: Vec<_> = all_checks(&cheats.shape())
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
    let (one, scheme, digest) = (F::ONE, cheats.scheme, cheats.digest());
    let signer = cheats.any(2);
    let x = cheats.digits_of(&signer);
    for c in (0..scheme.chains).filter(|&c| x[c] < 7) {
        for j in [0, digest - 1] {
            let hook = add_one(Place::ChainEnd(c), j);
            let mut cheat = Cheat::new(
                format!("the leaf absorbs another end of chain {c}"),
                scheme,
                hooked(&signer, &hook),
                vec![Check::Numerators],
            );
            let edit = |at: &Columns, cells: &mut [F]| cells[at.end_value + digest * c + j] -= one;
            cheat.leaf_cells = Some(&edit);
            cheats.add(&cheat);
        }
    }
    // In the last row and in a row before the end of a chain the mark is free but for the fractions.
    let steps = cheats.shape().steps;
    let middle = (0..steps - 1)
        .find(|k| !ends(&x).contains(k))
        .expect("a row");
    for k in [steps - 1, middle] {
        let hook = add_one(Place::Mark(k), 0);
        let mut cheat = Cheat::new(
            format!("another mark in row {k}"),
            scheme,
            hooked(&signer, &hook),
            vec![Check::Numerators],
        );
        let edit = |at: &Columns, cells: &mut [F]| cells[at.chain_end + k] -= one;
        cheat.leaf_cells = Some(&edit);
        cheats.add(&cheat);
    }
    // The only step of a chain, at another step's position. The leaves are made as if it were not.
    let signer = cheats.with_digits(3, |x| x[0] == 6);
    let hook = add_one(Place::Position(0), 0);
    let mut cheat = Cheat::new(
        "a chain of one step, of another chain".into(),
        scheme,
        hooked(&signer, &hook),
        vec![Check::Numerators],
    );
    let edit = |at: &Columns, cells: &mut [F]| cells[at.chain_position] -= one;
    cheat.leaf_cells = Some(&edit);
    cheats.add(&cheat);
}

/// Chains that are walked further or less far than their digits say.
fn lengths(cheats: &Cheats) {
    let (one, scheme) = (F::ONE, cheats.scheme);
    let mut signer = cheats.with_digits(4, |x| (1..7).contains(&x[0]) && (1..6).contains(&x[2]));
    let mut lengths: Vec<usize> = cheats.digits_of(&signer).iter().map(|x| 7 - x).collect();
    lengths[0] += 1;
    lengths[2] -= 1;
    signer.lengths = Some(lengths);
    let mut cheat = Cheat::new(
        "one chain takes a step of another".into(),
        scheme,
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
        scheme,
        wrong_sum(cheats, 5),
        vec![Check::Sum],
    ));
}

/// A signer whose digits sum to one more than they should: a forger saves a step.
fn wrong_sum(cheats: &Cheats, seed: u32) -> Signer<'static> {
    let scheme = cheats.scheme;
    signer(&scheme, seed, SLOT, HONEST, |hash| {
        has_sum(&digits(&scheme, hash), scheme.target_sum + 1)
    })
}

/// Steps that do not continue the step before.
fn transitions(cheats: &Cheats) {
    let (scheme, digest) = (cheats.scheme, cheats.digest());
    for k in 0..cheats.shape().steps - 1 {
        let signer = cheats.with_digits(6, |x| !ends(x).contains(&k));
        cheats.touch(
            "a chain begins anew",
            &signer,
            Place::Value(k + 1),
            k % digest,
            Check::Transition(k),
        );
        // All steps of the chain up to k are one position behind, so one position is left out.
        let first = ends(&cheats.digits_of(&signer))
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
            scheme,
            hooked(&signer, &hook),
            vec![Check::Transition(k)],
        ));
    }
}

/// Digits beyond 0 to 7.
fn digit_ranges(cheats: &Cheats) {
    let scheme = cheats.scheme;
    // Digit c is negative and its chain longer than a chain can be; all later chains have no steps.
    let longer: [[i64; 4]; 4] = [[-15, 7, 7, 7], [0, -8, 7, 7], [0, 0, -1, 7], [4, 3, 0, -1]];
    for (c, wanted) in longer.into_iter().enumerate() {
        let value: i64 = wanted.iter().rev().fold(0, |v, x| 8 * v + x);
        let borrow = i64::from(value < 0);
        let low = (value + 4096 * borrow) as u32;
        let mut signer = signer(&scheme, 7, SLOT, HONEST, |hash| {
            let (d, _) = split(&scheme, hash[0]);
            d % 4096 == low && d >> 12 & 7 < 8 - borrow as u32
        });
        // The fraction of the chain, which is the last one with steps, counts this often.
        let [_, is_top] = digit_polynomials(F::from_i64(wanted[c]), top_digit_scale());
        let last = Place::Mark(cheats.shape().steps - 1);
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
            scheme,
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
    let scheme = cheats.scheme;
    let hook = move |place: Place, values: &mut [F]| {
        if place == Place::Element(0) {
            let whole = recompose(&scheme, values);
            values[..4].copy_from_slice(&[6, 0, 0, 0].map(element));
            values[i] = F::ZERO;
            values[i] = (whole - recompose(&scheme, values)) * place_value(&scheme, i).inverse();
            values[11] = inverse_of(values);
        }
    };
    let signer = signer(&scheme, 8, SLOT, HONEST, |_| true);
    let name = format!("another codeword, made up for by entry {i}");
    cheats.add(&Cheat::new(
        name,
        scheme,
        hooked(&signer, &hook),
        vec![check],
    ));
}

/// The factor of an entry of an element: digits, then low, mid and top of the remainder.
fn place_value(scheme: &Scheme, i: usize) -> F {
    let (digits, remainder) = match scheme.digit_weight {
        127 => (127, 1),
        _ => (1, 1 << 24),
    };
    match i {
        0..8 => element(digits) * element(8).exp_u64(i as u64),
        8 => element(remainder),
        9 => element(8 * remainder),
        _ => element(64 * remainder),
    }
}

fn recompose(scheme: &Scheme, values: &[F]) -> F {
    (0..11).map(|i| place_value(scheme, i) * values[i]).sum()
}

/// The element that has the same value as a remainder of 127 and some digits: those of which element.
///
/// `127 d = 127 (d - 1) + 127`, and `d = (d + 1) + 127 2^24`.
fn with_remainder_127(scheme: &Scheme, a: u32) -> Option<u32> {
    match scheme.digit_weight {
        127 => (a > 0 && a.is_multiple_of(127)).then(|| a - 127),
        _ => (a < 0xff_ffff).then_some(a + 1),
    }
}

/// Remainders that are not below 127.
fn remainders(cheats: &Cheats) {
    let scheme = cheats.scheme;
    hidden_codeword(cheats, 10, Check::TopBit(0));
    // Many an element would have a second codeword, and p - 1 a first one.
    let signer = signer(&scheme, 9, SLOT, HONEST, |hash| {
        with_remainder_127(&scheme, hash[0])
            .is_some_and(|other| has_sum(&digits(&scheme, &[other]), scheme.target_sum))
    });
    let element_0 = message_hash(&scheme, &cheats.shape().calls, &signer)[0];
    let other = with_remainder_127(&scheme, element_0).expect("another element");
    let hook = move |place: Place, values: &mut [F]| {
        if place == Place::Element(0) {
            let digits: [F; ELEMENT] = decompose(&scheme, other);
            values[..8].copy_from_slice(&digits[..8]);
            values[8..].copy_from_slice(&[7, 7, 1, 0].map(element));
            assert_eq!(recompose(&scheme, values), F::from_u32(element_0));
        }
    };
    cheats.add(&Cheat::new(
        "a remainder of 127".into(),
        scheme,
        hooked(&signer, &hook),
        vec![Check::Inverse(0)],
    ));
    let name = "a false inverse";
    cheats.touch(
        name,
        &cheats.any(10),
        Place::Element(0),
        11,
        Check::Inverse(0),
    );
}

/// The digits in range, and remainders of seven bits, that `p - 1` has: none but with a remainder of 127.
#[test]
fn p_minus_1_has_no_remainder_but_127() {
    for scheme in Scheme::ALL {
        let [digits, remainder] = [0, 8].map(|i| place_value(&scheme, i));
        for r in 0..128u32 {
            let rest = F::NEG_ONE - remainder * F::from_u32(r);
            let d = (rest * digits.inverse()).as_canonical_u32();
            assert_eq!(d < 1 << 24, r == 127, "{} remainder {r}", scheme.name);
        }
    }
}

/// A cheat in the message hash, whose digits have to be valid all the same.
fn touch_message(cheats: &Cheats, name: &str, at: Place, i: usize, breaks: Check) {
    let scheme = cheats.scheme;
    let hook = add_one(at, i);
    let cheat = signer(&scheme, 11, SLOT, &hook, |hash| {
        has_sum(&digits(&scheme, hash), scheme.target_sum)
    });
    let name = format!("{name}: element {i} of {at:?}");
    cheats.add(&Cheat::new(name, scheme, cheat, vec![breaks]));
}

/// Cells that are not the outputs that feed them.
fn outputs(cheats: &Cheats) {
    let shape = cheats.shape();
    let signer = cheats.any(12);
    let is_message = |width, slot| {
        let calls = &shape.calls.message;
        calls.iter().any(|m| (m.width, m.first) == (width, slot))
    };
    for (i, (width, slot, column)) in wired_outputs(&shape).enumerate() {
        let (at, check) = (Place::Output(width, slot), Check::Output(i));
        if is_message(width, slot) {
            touch_message(cheats, "another output", at, column, check);
            let at = Place::FeedForward(width, slot);
            touch_message(cheats, "another feed-forward", at, column, check);
        } else {
            cheats.touch("another output", &signer, at, column, check);
        }
        if width == shape.calls.nodes.width && shape.calls.nodes.range().contains(&slot) {
            let at = Place::FeedForward(width, slot);
            cheats.touch("another feed-forward", &signer, at, column, check);
        }
    }
    for j in 0..CAPACITY {
        let name = "another capacity before the first key";
        cheats.touch(name, &signer, Place::KeyCapacity, j, Check::FirstCapacities);
    }
}

/// Chain steps that add something else than their inputs to their outputs.
fn step_feed_forward(cheats: &Cheats) {
    let steps = cheats.shape().calls.steps;
    for j in 0..cheats.digest() {
        for k in [0, 7, steps.count - 1] {
            let hook = add_one(Place::FeedForward(steps.width, steps.first + k), j);
            let signer = hooked(&cheats.any(14), &hook);
            let name = format!("another feed-forward of step {k}: element {j}");
            let breaks = vec![Check::RowValue(2)];
            let mut cheat = Cheat::new(name, cheats.scheme, signer, breaks);
            cheat.talk = Talk::TrueOutputs;
            cheats.add(&cheat);
        }
    }
}

/// Permutations of other inputs than the cells and public columns that they are wired to.
fn inputs(cheats: &Cheats) {
    let shape = cheats.shape();
    let calls = &shape.calls;
    let signer = cheats.any(13);
    let some = [
        (calls.steps, vec![0, 7, calls.steps.count - 1]),
        (calls.leaf, (0..calls.leaf.count).collect()),
        (calls.key, (0..calls.key.count).collect()),
        (calls.nodes, vec![0, 1, calls.nodes.count - 1]),
    ];
    for (slots, which) in some {
        for i in which {
            for j in 0..slots.width.elements() {
                let (at, check) = (input_place(slots, i), input_check(slots.width, j));
                cheats.touch("another input", &signer, at, j, check);
            }
        }
    }
    for &slots in &calls.message {
        for j in 0..slots.width.elements() {
            let (at, check) = (input_place(slots, 0), input_check(slots.width, j));
            touch_message(cheats, "another input", at, j, check);
        }
    }
}

/// False claims on the way from the constraints to the columns. What is false at first is the sum of the digits.
fn claims(cheats: &Cheats) {
    let scheme = cheats.scheme;
    let cheat = |seed: u32, talk: Talk, breaks: Check| {
        let name = format!("{breaks:?} hides a false sum");
        let mut cheat = Cheat::new(name, scheme, wrong_sum(cheats, seed), vec![breaks]);
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
        let mut cheat = Cheat::new(name, scheme, cheats.any(20), vec![Check::RowValue(i)]);
        cheat.talk = Talk::ShiftRow(i);
        cheats.add(&cheat);
    }
    cheats.add(&Cheat::new(
        "one element too many".into(),
        scheme,
        cheats.any(20),
        vec![Check::End],
    ));
}

/// Some cheats at the ends of the tables of the real parameters: the small ones have fewer levels, elements and blocks.
#[test]
fn cheats_of_real_compact_signatures() {
    let cheats = Cheats::new(COMPACT);
    let shape = cheats.shape();
    let calls = &shape.calls;
    let honest = Cheat::new("nothing".into(), COMPACT, cheats.any(1), vec![]);
    assert_eq!(honest.run(&[]), Some(Ok(())));
    let wired: Vec<_> = wired_outputs(&shape).collect();
    let signer = cheats.any(2);
    let lasts = [calls.leaf, calls.key, calls.nodes];
    for slot in lasts.map(|slots| slots.range().end - 1) {
        for (i, &(width, _, column)) in wired.iter().enumerate().filter(|(_, w)| w.1 == slot) {
            let at = Place::Output(width, slot);
            cheats.touch("another output", &signer, at, column, Check::Output(i));
        }
    }
    for (slots, i) in lasts.map(|slots| (slots, slots.count - 1)) {
        for j in [0, 3, 4, 8, 15] {
            let check = input_check(slots.width, j);
            cheats.touch("another input", &signer, input_place(slots, i), j, check);
        }
    }
    for i in 0..shape.elements {
        let at = Place::Element(i);
        cheats.touch("a false inverse", &signer, at, 11, Check::Inverse(i));
        let (width, slot) = (calls.message[1].width, calls.message[1].first);
        let check = Check::Output(8 + i);
        touch_message(
            &cheats,
            "another output",
            Place::Output(width, slot),
            i,
            check,
        );
    }
}

#[test]
fn a_false_cell_of_any_column_is_rejected() {
    for scheme in [TEST, COMPACT_TEST] {
        let cheats = Cheats::new(scheme);
        let signers = [1, 2, 3].map(|seed| cheats.any(seed));
        let mut forgery = forge(scheme, &[(SLOT, MESSAGE)], &signers);
        for column in 0..cheats.shape().columns.count {
            let lane = column % signers.len();
            forgery.witness = forgery.with_cells(lane, |cells| cells[column] += F::ONE);
            let proof = forgery.prove(&Honest);
            assert!(
                verify(&forgery.statement, 1, &proof).is_err(),
                "{}: column {column} of lane {lane}",
                scheme.name
            );
        }
    }
}
