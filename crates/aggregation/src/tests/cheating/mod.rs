//! Provers that cheat in exactly one way.
//!
//! A [`Cheat`] falsifies one thing about one signature and is honest about everything that
//! follows from it, so that it breaks the [`Check`]s that it names and no other. It has to
//! be rejected, and to be accepted by the verifier that lacks just these checks. The first
//! says that the checks work, the second that each of them is needed.

mod carries;
mod cells;
mod cheater;
mod forger;
mod groups;
mod keys;
mod roots;
mod wires;

use core::cell::Cell;

use p3_field::PrimeCharacteristicRing;
use sheaf_transcript::F;
use sheaf_xmss::Scheme;
use sheaf_xmss::layout::Width;
use sheaf_xmss::params::MAX_RANDOMNESS;

use self::cheater::{Cheater, Talk};
use self::forger::{HONEST, Hook, Place, Signer, forge, message_hash, split};
use crate::checks::{Check, switch};
use crate::constraints::outputs::blocks;
use crate::shape::{Columns, Shape, Slots};
use crate::verify::VerifyError;

/// The group that signers sign for, unless a test says otherwise.
const SLOT: u32 = 5;
const MESSAGE: [u8; 32] = [7; 32];

type Edit<'a> = &'a dyn Fn(&Columns, &mut [F]);

/// One way to cheat.
struct Cheat<'a> {
    name: String,
    /// What is broken, all of it.
    breaks: Vec<Check>,
    scheme: Scheme,
    groups: Vec<(u32, [u8; 32])>,
    /// The first one cheats, the others are honest.
    signers: Vec<Signer<'a>>,
    talk: Talk,
    /// What the leaves of the chain-end fractions are made from: other cells of the cheating lane.
    leaf_cells: Option<Edit<'a>>,
}

/// How an attempt ended.
type Outcome = Result<(), VerifyError>;

impl Cheat<'_> {
    /// Makes the proof and verifies it, both without some checks.
    ///
    /// `None` if the prover does not find a proof that it likes.
    fn run(&self, without: &[Check]) -> Option<Outcome> {
        let mut forgery = forge(self.scheme, &self.groups, &self.signers);
        let columns = forgery.setup.shape.columns.clone();
        let leaf_witness = self
            .leaf_cells
            .map(|edit| forgery.with_cells(forgery.lane_of[0], |cells| edit(&columns, cells)));
        let cheater = Cheater {
            talk: self.talk,
            leaf_witness,
            lanes: &forgery.lanes.clone(),
            stuck: Cell::new(false),
        };
        switch::without(without, || {
            let mut proof = forgery.prove(&cheater);
            if self.breaks == [Check::End] {
                proof.extend_from_slice(&[0; 4]);
            }
            (!cheater.stuck.get()).then(|| forgery.verify(&proof))
        })
    }

    /// Rejected by the verifier, accepted by the one without what is broken.
    fn check(&self) {
        let Some(outcome) = self.run(&[]) else {
            panic!("{}: no proof", self.name);
        };
        assert!(outcome.is_err(), "{} is accepted", self.name);
        let without = self.run(&self.breaks);
        assert_eq!(
            without,
            Some(Ok(())),
            "{} is rejected ({outcome:?}) even without {:?}",
            self.name,
            self.breaks
        );
    }
}

/// A signer of the usual message whose randomness is the first one with a suitable message hash.
fn signer<'a>(
    scheme: &Scheme,
    seed: u32,
    slot: u32,
    hook: Hook<'a>,
    suits: impl Fn(&[u32]) -> bool,
) -> Signer<'a> {
    let signer = Signer {
        parameter: core::array::from_fn(|i| F::from_u32(1000 * seed + i as u32)),
        randomness: [F::ZERO; MAX_RANDOMNESS],
        group: 0,
        slot,
        message: MESSAGE,
        lengths: None,
        hook,
    };
    search(scheme, signer, suits)
}

/// The signer with the first randomness that has a suitable message hash.
fn search<'a>(
    scheme: &Scheme,
    mut signer: Signer<'a>,
    suits: impl Fn(&[u32]) -> bool,
) -> Signer<'a> {
    let calls = Shape::with_lanes(*scheme, 1, false).calls;
    for attempt in 0..1 << 24 {
        signer.randomness[0] = F::from_u32(attempt);
        if suits(&message_hash(scheme, &calls, &signer)) {
            return signer;
        }
    }
    panic!("no randomness suits");
}

/// The digits in a message hash.
fn digits(scheme: &Scheme, hash: &[u32]) -> Vec<usize> {
    hash.iter()
        .map(|&a| split(scheme, a).0)
        .flat_map(|d| (0..8).map(move |i| (d >> (3 * i) & 7) as usize))
        .take(scheme.chains)
        .collect()
}

fn has_sum(digits: &[usize], sum: u32) -> bool {
    digits.iter().sum::<usize>() == sum as usize
}

/// The rows that are the last of their chain.
fn ends(digits: &[usize]) -> Vec<usize> {
    let lengths = digits.iter().map(|x| 7 - x);
    let last = lengths.scan(0, |rows, n| {
        *rows += n;
        Some((n > 0).then(|| *rows - 1))
    });
    last.flatten().collect()
}

/// A signer with a valid codeword that suits.
fn with_digits(
    scheme: &Scheme,
    seed: u32,
    slot: u32,
    suits: impl Fn(&[usize]) -> bool,
) -> Signer<'static> {
    signer(scheme, seed, slot, HONEST, |hash| {
        let digits = digits(scheme, hash);
        has_sum(&digits, scheme.target_sum) && suits(&digits)
    })
}

impl<'a> Cheat<'a> {
    /// A cheat of one signer beside an honest one.
    fn new(name: String, scheme: Scheme, cheat: Signer<'a>, breaks: Vec<Check>) -> Self {
        let honest = with_digits(&scheme, 99, cheat.slot, |_| true);
        Self {
            name,
            breaks,
            scheme,
            groups: vec![(cheat.slot, MESSAGE)],
            signers: vec![cheat, honest],
            talk: Talk::Protocol,
            leaf_cells: None,
        }
    }
}

/// All wired outputs, by width, slot and column, in the order of their checks.
fn wired_outputs(shape: &Shape) -> impl Iterator<Item = (Width, usize, usize)> {
    blocks(shape).into_iter().flat_map(|b| {
        let (width, slots) = (b.slots.width, b.slots.range());
        let columns = move || b.column..b.column + b.width;
        slots.flat_map(move |slot| columns().map(move |column| (width, slot, column)))
    })
}

/// The checks of the wired outputs of permutation `i` of some slots.
fn output_checks(shape: &Shape, slots: Slots, i: usize) -> Vec<Check> {
    let wired = wired_outputs(shape).enumerate();
    let of_slot =
        wired.filter(|&(_, (width, slot, _))| (width, slot) == (slots.width, slots.first + i));
    of_slot.map(|(i, _)| Check::Output(i)).collect()
}

/// Where the input of permutation `i` of some slots is.
const fn input_place(slots: Slots, i: usize) -> Place {
    Place::Input(slots.width, slots.first + i)
}

/// The check of an element of the inputs of the table of a width.
const fn input_check(width: Width, element: usize) -> Check {
    match width {
        Width::Narrow => Check::NarrowInput(element),
        Width::Wide => Check::WideInput(element),
    }
}

/// Adds one to an element at a place.
fn add_one(at: Place, element: usize) -> impl Fn(Place, &mut [F]) + Sync {
    move |place, values| {
        if place == at {
            values[element] += F::ONE;
        }
    }
}

fn hooked<'a>(signer: &Signer<'a>, hook: Hook<'a>) -> Signer<'a> {
    Signer {
        hook,
        ..signer.clone()
    }
}
