//! Cheats of the real scheme at slots whose tweaks carry for some chain steps and not for others.

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use sheaf_transcript::F;
use sheaf_xmss::PROD;

use super::cheater::Talk;
use super::forger::{Place, Signer, message_hash};
use super::{Cheat, digits, has_sum, hooked, signer, with_digits};
use crate::checks::Check;
use crate::shape::Shape;
use crate::tweaks::{Carry, GroupTweaks, element, steps_without_carry};

/// Here the first step of the first chain does not carry, and all others do.
const FIRST_CARRIES_NOT: u32 = 32_639;

/// A signer whose first chain takes all its steps.
fn whole_first_chain(slot: u32) -> Signer<'static> {
    with_digits(&PROD, 1, slot, |x| x[0] == 0)
}

/// The number of steps that do not carry.
fn without_carry(signer: &Signer) -> usize {
    let threshold = GroupTweaks::new(&PROD, signer.slot).threshold();
    let calls = Shape::with_lanes(PROD, 1, true).calls;
    digits(&PROD, &message_hash(&PROD, &calls, signer))
        .iter()
        .enumerate()
        .map(|(c, &x)| steps_without_carry(&PROD, threshold, c, x))
        .sum()
}

/// Carries of the forger's choice: row by row.
fn forged<'a>(
    name: &str,
    signer: &Signer<'a>,
    carry: impl Fn(usize) -> usize + Sync,
    breaks: Check,
) {
    let hook = |place: Place, values: &mut [F]| {
        if let Place::Carry(k) = place {
            values[0] = element(carry(k));
        }
    };
    let name = format!("{name}, {breaks:?}");
    Cheat::new(name, PROD, hooked(signer, &hook), vec![breaks]).check();
}

#[test]
fn carries_that_are_not_bits() {
    let signer = whole_first_chain(FIRST_CARRIES_NOT);
    assert_eq!(without_carry(&signer), 1);
    // Too many zeros, and a first nonzero carry that makes up for them.
    for k in [2, 3, 60, 121] {
        let carry = |row: usize| match row.cmp(&k) {
            core::cmp::Ordering::Less => 0,
            core::cmp::Ordering::Equal => k,
            core::cmp::Ordering::Greater => 1,
        };
        forged("too many zeros", &signer, carry, Check::CarryBit(k));
    }
    // In the first row, at a slot where several steps do not carry.
    let slot = (32_639..)
        .step_by(127)
        .find(|&slot| {
            matches!(GroupTweaks::new(&PROD, slot).carry, Carry::From(t) if (300..3000).contains(&t))
        })
        .expect("thresholds grow with the slot");
    let signer = with_digits(&PROD, 2, slot, |x| x[0] < 4);
    let count = without_carry(&signer);
    assert!(count > 2);
    let hook = |place: Place, values: &mut [F]| {
        if let Place::Carry(k) = place {
            values[0] = if k == 0 {
                F::ONE - element(count)
            } else {
                F::ONE
            };
        }
    };
    let breaks = vec![Check::CarryBit(0)];
    let name = "a negative number of carries".into();
    Cheat::new(name, PROD, hooked(&signer, &hook), breaks).check();
}

#[test]
fn carries_that_do_not_ascend() {
    let signer = whole_first_chain(FIRST_CARRIES_NOT);
    for k in [0, 1, 59, 120] {
        let carry = |row: usize| usize::from(row != k + 1);
        forged("a zero too late", &signer, carry, Check::CarryStep(k));
    }
}

#[test]
fn the_wrong_number_of_carries() {
    let signer = whole_first_chain(FIRST_CARRIES_NOT);
    forged("all steps carry", &signer, |_| 1, Check::CarryCount);
    let carry = |row: usize| usize::from(row > 4);
    forged("too few steps carry", &signer, carry, Check::CarryCount);
    forged("no step carries", &signer, |_| 0, Check::CarryCount);
}

#[test]
fn false_claims_about_carries() {
    for (i, name) in [(8, "carries"), (9, "carries of the next row")] {
        let attempt = (1..60u32)
            .map(|seed| {
                let wrong_sum = signer(&PROD, seed, FIRST_CARRIES_NOT, super::HONEST, |hash| {
                    let x = digits(&PROD, hash);
                    x[0] == 0 && has_sum(&x, PROD.target_sum + 1)
                });
                let breaks = vec![Check::RowValue(i)];
                let mut cheat = Cheat::new(format!("false {name}"), PROD, wrong_sum, breaks);
                cheat.talk = Talk::SolveRow(i);
                cheat
            })
            .find(|cheat| cheat.run(&[]).is_some());
        attempt.expect("an equation with a solution").check();
    }
}

#[test]
fn an_honest_proof_at_such_a_slot() {
    let cheat = Cheat::new(
        "nothing".into(),
        PROD,
        whole_first_chain(FIRST_CARRIES_NOT),
        vec![],
    );
    assert_eq!(cheat.run(&[]), Some(Ok(())));
    let first = GroupTweaks::new(&PROD, FIRST_CARRIES_NOT);
    assert_eq!(first.carry, Carry::From(2));
    assert!(first.chain[0].as_canonical_u32() > 0);
}
